// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {IArbitratorPool} from "../../src/interfaces/IArbitratorPool.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {DisputeFixture} from "./DisputeFixture.sol";

/// @dev Random people take random steps of random disputes, most of them refused; what succeeded is counted.
contract DisputeHandler is DisputeFixture {
    uint256 public constant MAX_JOBS = 60;
    /// @dev Older ones have ended, or wait for their expiry.
    uint256 public constant YOUNGEST = 4;
    uint256 public constant ARBITRATORS = 6;

    uint256[] private _jobs;
    mapping(string step => uint256 count) public successes;

    constructor() {
        setUp();
        vm.prank(admin);
        kernel.setPlatformFee(200, address(treasury));
        usdc.mint(client, 1e12);
        usdc.mint(provider, 1e12);
    }

    function begin(uint8 kind, uint96 budget, uint16 bps) external {
        if (_jobs.length == MAX_JOBS) return;
        try this.openNew(kind % 4, bound(budget, 1, 500e6), uint16(bound(bps, 100, 5_000))) returns (uint256 jobId) {
            _jobs.push(jobId);
            successes["open"]++;
        } catch {}
    }

    /// @dev With or without a first tier, after a fail or silence.
    function openNew(uint8 kind, uint256 budget, uint16 bps) external returns (uint256 jobId) {
        require(msg.sender == address(this));
        ICourt.Proposal memory offer = proposal(kind < 2 ? tieredRules() : defaultRules());
        offer.rules.bondBps = bps;
        offer.submitBy = uint48(block.timestamp + 1 hours);
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        (job.budget, job.expiredAt) = (budget, uint48(block.timestamp + 5 days));
        jobId = courtJob(job, offer);
        accept(jobId);
        vm.prank(client);
        kernel.fund(jobId, budget, "");
        submit(jobId);
        if (kind % 2 == 0) validate(jobId, 0);
        else vm.warp(block.timestamp + 6 hours);
        open(jobId, kind % 2 == 0 ? provider : client);
    }

    function answerOne(uint256 seed) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        address by = disputes.getDispute(jobId).openerIsProvider ? client : provider;
        step("answer", by, answerCall(jobId));
    }

    function revalidateOne(uint256 seed, uint8 score) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        step("revalidate", revalidators[(seed >> 128) % 3], revalidateCall(jobId, uint8(bound(score, 0, 100))));
    }

    function escalateOne(uint256 seed) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        step("escalate", (seed >> 128) % 2 == 0 ? client : provider, callOf(IDisputes.escalate.selector, jobId));
    }

    function assignOne(uint256 seed) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        step("assign", stranger, callOf(IDisputes.assignArbitrator.selector, jobId));
    }

    function ruleOne(uint256 seed, uint8 percent) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        address by = disputes.getDispute(jobId).arbitrator;
        step("rule", by, ruleCall(jobId, uint8(bound(percent, 0, 100))));
    }

    function finalizeOne(uint256 seed) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        step("finalize", stranger, callOf(IDisputes.finalize.selector, jobId));
    }

    function endOtherwise(uint256 seed) external {
        uint256 jobId = pick(seed);
        if (jobId == 0) return;
        if (seed >> 128 < type(uint128).max / 8) {
            bytes memory signature = cancellation(PROVIDER_KEY, jobId, 0);
            vm.prank(client);
            try kernel.cancel(jobId, 0, block.timestamp + 60, "", signature) {} catch {}
        } else {
            try kernel.claimRefund(jobId) {} catch {}
        }
        step("release", stranger, abi.encodeCall(disputes.releaseBonds, (jobId)));
    }

    /// @dev Sits down, stays after all, or makes up for what it lost.
    function takeSeat(uint8 seed) external {
        address account = arbitrator(seed);
        if (usdc.isBlacklisted(account)) return;
        IArbitratorPool.Arbitrator memory seated = pool.getArbitrator(account);
        if (seated.since == 0) return seat(account, STAKE);
        usdc.mint(account, STAKE);
        vm.prank(account);
        if (seated.noticeAt != 0) pool.cancelLeave();
        else pool.addStake(STAKE);
    }

    function giveNotice(uint8 seed) external {
        vm.prank(arbitrator(seed));
        try pool.requestLeave() {} catch {}
    }

    function toggleBlacklist(uint256 seed) external {
        address[4] memory people = [client, provider, arbitrator(seed >> 8), revalidators[seed % 3]];
        address account = people[(seed >> 16) % 4];
        if (usdc.isBlacklisted(account)) usdc.unBlacklist(account);
        else usdc.blacklist(account);
    }

    function withdrawOne(uint256 seed) external {
        step("withdraw", payee(seed % payees()), abi.encodeCall(disputes.withdraw, ()));
    }

    function pause(uint8 seed) external {
        if (seed >= 16) return;
        vm.prank(guardian);
        try kernel.pause() {} catch {}
    }

    function wait(uint32 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 5 hours));
        vm.roll(block.number + bound(duration, 1, 100));
    }

    /// @dev Whatever happened before: in the end strangers end every dispute, and everybody gets what waits.
    function drain() external {
        vm.warp(block.timestamp + 366 days);
        for (uint256 i; i < payees(); i++) {
            usdc.unBlacklist(payee(i));
        }
        for (uint256 i; i < _jobs.length; i++) {
            try kernel.claimRefund(_jobs[i]) {} catch {}
            attempt(stranger, abi.encodeCall(disputes.releaseBonds, (_jobs[i])));
        }
        for (uint256 i; i < payees(); i++) {
            attempt(payee(i), abi.encodeCall(disputes.withdraw, ()));
        }
        for (uint256 i; i < ARBITRATORS; i++) {
            vm.prank(arbitratorAt(i));
            try pool.requestLeave() {} catch {}
        }
        vm.warp(block.timestamp + 366 days);
        for (uint256 i; i < ARBITRATORS; i++) {
            if (pool.getArbitrator(arbitratorAt(i)).since == 0) continue;
            vm.prank(arbitratorAt(i));
            pool.withdrawStake();
        }
    }

    function payees() public pure returns (uint256) {
        return 5 + ARBITRATORS;
    }

    function payee(uint256 index) public view returns (address) {
        if (index < 2) return index == 0 ? client : provider;
        if (index < 5) return revalidators[index - 2];
        return arbitratorAt(index - 5);
    }

    function bondsOwed() external view returns (uint256 owed) {
        for (uint256 i; i < _jobs.length; i++) {
            IDisputes.Dispute memory dispute = disputes.getDispute(_jobs[i]);
            if (dispute.stage != IDisputes.Stage.Closed) owed += dispute.answered ? 2 * dispute.bond : dispute.bond;
        }
        for (uint256 i; i < payees(); i++) {
            owed += disputes.withdrawable(payee(i));
        }
    }

    function bondsHeld() external view returns (uint256) {
        return usdc.balanceOf(address(disputes));
    }

    function stakesOwed() external view returns (uint256 owed) {
        owed = pool.unsentSlashes();
        for (uint256 i; i < ARBITRATORS; i++) {
            owed += pool.getArbitrator(arbitratorAt(i)).stake;
        }
    }

    function stakesHeld() external view returns (uint256) {
        return usdc.balanceOf(address(pool));
    }

    /// @dev Assignments that the pool counts, less disputes that wait for a ruling.
    function assignmentsOffBy() external view returns (int256 difference) {
        for (uint256 i; i < ARBITRATORS; i++) {
            difference += int256(uint256(pool.getArbitrator(arbitratorAt(i)).open));
        }
        for (uint256 i; i < _jobs.length; i++) {
            if (disputes.getDispute(_jobs[i]).stage == IDisputes.Stage.Ruling) difference--;
        }
    }

    function treasuryCovered() external view returns (bool) {
        return usdc.balanceOf(address(treasury)) >= treasury.reserve() + treasury.arbitrationFund();
    }

    function step(string memory name, address by, bytes memory data) private {
        if (attempt(by, data).length == 0) successes[name]++;
    }

    function pick(uint256 seed) private view returns (uint256) {
        uint256 count = _jobs.length;
        return count == 0 ? 0 : _jobs[count - 1 - (seed % (count < YOUNGEST ? count : YOUNGEST))];
    }

    function arbitrator(uint256 seed) private pure returns (address) {
        return arbitratorAt(seed % ARBITRATORS);
    }
}
