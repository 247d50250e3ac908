// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";
import {Payouts} from "./libraries/Payouts.sol";

/// @title Who gets the bonds of a dispute
abstract contract DisputeBonds is IDisputes, Payouts {
    using SafeCast for uint256;

    /// @notice 0.1 USDC: more than a dispute costs to send, so that spam is not free, and no more than the largest
    /// agreed bond of a job of 0.2 USDC.
    uint96 public constant MIN_BOND = 100_000;
    /// @notice Who judged gets this part of what is lost.
    uint256 public constant ARBITRATOR_DIVISOR = 2;
    uint256 public constant REVALIDATOR_DIVISOR = 4;

    IAgenticCommerce public immutable kernel;
    ITreasury public immutable treasury;

    mapping(uint256 jobId => Dispute dispute) internal _disputes;

    constructor(address kernel_, address treasury_) Payouts(IAgenticCommerce(kernel_).token()) {
        kernel = IAgenticCommerce(kernel_);
        treasury = ITreasury(treasury_);
    }

    /// @inheritdoc IDisputes
    function bondOf(uint256 budget, uint16 bondBps) public pure returns (uint96) {
        return Math.max((budget * bondBps) / 10_000, MIN_BOND).toUint96();
    }

    function _payArbitrator(uint256 jobId, Dispute storage dispute) internal {
        uint256 fee = dispute.bond / ARBITRATOR_DIVISOR;
        _divideBonds(jobId, dispute, fee, dispute.answered ? 0 : _coverSilence(jobId, dispute, fee));
        emit JudgePaid(jobId, dispute.arbitrator, fee);
        _pay(jobId, dispute.arbitrator, fee);
    }

    /// @dev What the silent side would have paid. No more than the platform earns from this very job: else somebody who
    /// is client, provider and one of the arbitrators could empty the fund, dispute by dispute, for gas alone. For the
    /// same reason the fund pays no re-validators, whom the parties choose.
    function _coverSilence(uint256 jobId, Dispute storage dispute, uint256 fee) private returns (uint256) {
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        uint256 released = (uint256(job.budget) * dispute.percent) / 100;
        uint256 platformFee = (released * job.feeBps) / 10_000;
        return treasury.cover(dispute.arbitrator, Math.min((fee * _openerPercent(dispute)) / 100, platformFee));
    }

    function _payRevalidators(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute) internal {
        address[] calldata revalidators = terms.rules.revalidators;
        uint256 voters = uint256(dispute.passes) + dispute.fails;
        uint256 each = dispute.bond / REVALIDATOR_DIVISOR / voters;
        _divideBonds(jobId, dispute, each * voters, 0);
        for (uint256 i; i < revalidators.length; i++) {
            if ((dispute.voted >> i) & 1 == 0) continue;
            emit JudgePaid(jobId, revalidators[i], each);
            _pay(jobId, revalidators[i], each);
        }
    }

    /// @dev What is left of both bonds is divided like the budget: a side keeps its share of its own bond, and wins the
    /// same share of what the other lost, less what the judge gets. With one bond the part that the silent side would
    /// have won goes to the treasury, so that a dispute against somebody who is offline is no cheaper to lose.
    function _divideBonds(uint256 jobId, Dispute storage dispute, uint256 judgeFee, uint256 covered) private {
        uint256 won = _openerPercent(dispute);
        if (dispute.answered) {
            uint256 pot = 2 * uint256(dispute.bond) - judgeFee;
            uint256 toOpener = (pot * won) / 100;
            _returnBond(jobId, dispute.opener, toOpener);
            _returnBond(jobId, dispute.respondent, pot - toOpener);
            return;
        }
        uint256 forfeited = ((dispute.bond - judgeFee) * (100 - won) ** 2) / 10_000;
        _returnBond(jobId, dispute.opener, dispute.bond + covered - judgeFee - forfeited);
        if (forfeited == 0) return;
        emit BondForfeited(jobId, forfeited);
        _pay(jobId, address(treasury), forfeited);
    }

    function _returnBonds(uint256 jobId, Dispute storage dispute) internal {
        _returnBond(jobId, dispute.opener, dispute.bond);
        if (dispute.answered) _returnBond(jobId, dispute.respondent, dispute.bond);
    }

    function _returnBond(uint256 jobId, address party, uint256 amount) private {
        if (amount == 0) return;
        emit BondReturned(jobId, party, amount);
        _pay(jobId, party, amount);
    }

    function _openerPercent(Dispute storage dispute) private view returns (uint256) {
        return dispute.openerIsProvider ? dispute.percent : 100 - dispute.percent;
    }
}
