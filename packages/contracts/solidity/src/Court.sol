// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {CourtAgreements} from "./CourtAgreements.sol";
import {CourtFeedback} from "./CourtFeedback.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IPayouts} from "./interfaces/IPayouts.sol";
import {Payouts} from "./libraries/Payouts.sol";

/// @title Court: evaluator and hook of an ERC-8183 job
/// @notice Has no owner and holds no money but fees that a validator could not be paid.
contract Court is CourtAgreements, CourtFeedback, Payouts {
    using SafeCast for uint256;

    uint8 public constant MAX_SCORE = 100;

    address public immutable disputes;

    modifier onlyDisputes() {
        require(msg.sender == disputes, NotDisputes(msg.sender));
        _;
    }

    constructor(
        address kernel_,
        address disputes_,
        address templates_,
        address identityRegistry_,
        address reputationRegistry_
    )
        EIP712("Bonafide Court", "1")
        CourtAgreements(kernel_, templates_, identityRegistry_)
        CourtFeedback(reputationRegistry_)
        Payouts(IAgenticCommerce(kernel_).token())
    {
        disputes = disputes_;
    }

    /// @inheritdoc ICourt
    function validate(
        uint256 jobId,
        Terms calldata terms,
        uint8 score,
        bytes32 evidenceHash,
        string calldata evidenceURI
    ) external nonReentrant whenNotPaused {
        StoredAgreement memory agreement = _agreed(jobId, terms);
        require(agreement.phase == Phase.Validating, WrongPhase(jobId, agreement.phase));
        uint48 time = kernel.clock();
        require(time < agreement.deadline, ValidationClosed(jobId, _wallTime(agreement.deadline)));
        require(score <= MAX_SCORE, ScoreTooHigh(score));
        _requireShort(evidenceURI);

        Rules calldata rules = terms.rules;
        agreement.voted = _mark(jobId, agreement.voted, rules.validators);
        agreement.scoreSum += score;
        bool passed = score >= rules.threshold;
        if (passed) agreement.passes++;
        else agreement.fails++;
        emit Validated(jobId, msg.sender, score, passed, evidenceHash, evidenceURI);

        if (agreement.passes == rules.requiredPasses) {
            _decide(jobId, terms, agreement, Resolution.Passed, evidenceHash, evidenceURI);
        } else if (agreement.fails + rules.requiredPasses <= rules.validators.length) {
            _requireSubmitted(jobId);
            _agreements[jobId] = agreement;
        } else if (rules.disputeWindow == 0) {
            _decide(jobId, terms, agreement, Resolution.Failed, evidenceHash, evidenceURI);
        } else {
            _requireSubmitted(jobId);
            agreement.phase = Phase.Failed;
            agreement.deadline = time + rules.disputeWindow;
            _agreements[jobId] = agreement;
            emit ValidationFailed(jobId, _wallTime(agreement.deadline));
        }
    }

    /// @inheritdoc ICourt
    function settle(uint256 jobId, Terms calldata terms) external nonReentrant whenNotPaused {
        StoredAgreement memory agreement = _agreed(jobId, terms);
        Phase phase = agreement.phase;
        require(phase >= Phase.Accepted && phase <= Phase.Failed, WrongPhase(jobId, phase));
        // A provider that misses its time must not lock the budget until the expiry. The kernel refuses an open job.
        (Resolution resolution, uint48 until) = (Resolution.Undelivered, agreement.submitBy + 1);
        if (phase == Phase.Failed) (resolution, until) = (Resolution.Failed, agreement.deadline);
        if (phase == Phase.Validating) {
            (resolution, until) = (Resolution.Silence, agreement.deadline + terms.rules.disputeWindow);
        }
        require(kernel.clock() >= until, NotDecided(jobId, _wallTime(until)));
        _decide(jobId, terms, agreement, resolution, 0, "");
    }

    /// @inheritdoc ICourt
    function beginDispute(uint256 jobId, Terms calldata terms, bool byProvider)
        external
        onlyDisputes
        whenNotPaused
        returns (uint8 percent)
    {
        StoredAgreement memory agreement = _agreed(jobId, terms);
        _requireSubmitted(jobId);
        bool failed = agreement.phase == Phase.Failed;
        require(failed || agreement.phase == Phase.Validating, WrongPhase(jobId, agreement.phase));
        uint48 time = kernel.clock();
        require(failed || time >= agreement.deadline, NotDecided(jobId, _wallTime(agreement.deadline)));
        percent = failed ? 0 : terms.rules.silencePercent;
        bool loses = byProvider ? percent < 100 : percent > 0;
        require(loses && terms.rules.disputeWindow != 0, NotDisputable(jobId));
        uint48 until = failed ? agreement.deadline : agreement.deadline + terms.rules.disputeWindow;
        require(time < until, DisputeClosed(jobId, _wallTime(until)));
        _agreements[jobId].phase = Phase.Disputed;
    }

    /// @inheritdoc ICourt
    function endDispute(uint256 jobId, Terms calldata terms, uint8 percent, Resolution resolution, bytes32 reason)
        external
        nonReentrant
        onlyDisputes
        whenNotPaused
    {
        StoredAgreement memory agreement = _agreed(jobId, terms);
        require(agreement.phase == Phase.Disputed, WrongPhase(jobId, agreement.phase));
        require(percent <= 100, PercentTooHigh(percent));
        // Nobody who judged means that nobody is rated.
        bool judged = resolution == Resolution.Revalidation || resolution == Resolution.Arbitration;
        bool failed = agreement.fails + terms.rules.requiredPasses > terms.rules.validators.length;
        uint8 before = failed ? 0 : terms.rules.silencePercent;
        Verdict memory verdict = Verdict({
            score: percent,
            clientScore: percent > before ? 100 - percent : 100,
            percent: percent,
            reason: reason,
            uri: ""
        });
        _settle(jobId, terms, agreement, resolution, verdict, judged);
    }

    /// @inheritdoc IPayouts
    /// @dev What the token refused to deliver to this contract is owed to those it could not pay.
    function withdraw() external override(IPayouts, Payouts) {
        try kernel.withdraw() {} catch {}
        _withdraw();
    }

    /// @dev Ends a job by what the validators did or did not do.
    function _decide(
        uint256 jobId,
        Terms calldata terms,
        StoredAgreement memory agreement,
        Resolution resolution,
        bytes32 reason,
        string memory uri
    ) private {
        uint8 percent;
        if (resolution == Resolution.Passed) percent = 100;
        else if (resolution == Resolution.Silence) percent = terms.rules.silencePercent;
        Verdict memory verdict =
            Verdict({score: _average(agreement), clientScore: 100, percent: percent, reason: reason, uri: uri});
        bool judged = resolution <= Resolution.Failed;
        _settle(jobId, terms, agreement, resolution, verdict, judged);
    }

    /// @dev The kernel refuses it when the job has ended meanwhile, by agreement or by refund.
    function _settle(
        uint256 jobId,
        Terms calldata terms,
        StoredAgreement memory agreement,
        Resolution resolution,
        Verdict memory verdict,
        bool judged
    ) private {
        agreement.phase = Phase.Settled;
        _agreements[jobId] = agreement;
        uint256 amount = (terms.budget * verdict.percent) / 100;
        emit Settled(jobId, resolution, amount, _average(agreement), verdict.reason);
        if (amount == 0) kernel.reject(jobId, verdict.reason, "");
        else if (amount == terms.budget) kernel.complete(jobId, verdict.reason, "");
        else kernel.completeSplit(jobId, amount, verdict.reason, "");
        // The fee of a job that was never delivered went back with the budget.
        if (resolution != Resolution.Undelivered) _payValidators(jobId, terms, agreement.voted);
        if (judged) _writeFeedback(jobId, terms, verdict);
    }

    /// @dev The kernel has just paid the fees of all validators; those who did not score leave theirs to the client.
    function _payValidators(uint256 jobId, Terms calldata terms, uint16 voted) private {
        uint256 fee = terms.rules.validatorFee;
        if (fee == 0) return;
        uint256 rest;
        address[] calldata validators = terms.rules.validators;
        for (uint256 i; i < validators.length; i++) {
            if (voted & 1 != 0) {
                emit ValidatorPaid(jobId, validators[i], fee);
                _pay(jobId, validators[i], fee);
            } else {
                rest += fee;
            }
            voted >>= 1;
        }
        _pay(jobId, terms.client, rest);
    }

    function _mark(uint256 jobId, uint16 voted, address[] calldata validators) private view returns (uint16) {
        uint16 bit = 1;
        for (uint256 i; i < validators.length; i++) {
            if (validators[i] == msg.sender) {
                require(voted & bit == 0, AlreadyValidated(jobId, msg.sender));
                return voted | bit;
            }
            bit <<= 1;
        }
        revert NotValidator(jobId, msg.sender);
    }

    function _average(StoredAgreement memory agreement) private pure returns (uint8) {
        uint256 votes = uint256(agreement.passes) + agreement.fails;
        return votes == 0 ? 0 : (agreement.scoreSum / votes).toUint8();
    }

    function _requireSubmitted(uint256 jobId) private view {
        IAgenticCommerce.JobStatus status = kernel.getJob(jobId).status;
        bool submitted = status == IAgenticCommerce.JobStatus.Submitted;
        require(submitted, IAgenticCommerce.InvalidStatus(jobId, status));
    }
}
