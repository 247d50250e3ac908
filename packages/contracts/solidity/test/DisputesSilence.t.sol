// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev Whoever vanishes and whenever, a stranger brings every dispute to an end before the job expires.
contract DisputesSilenceTest is DisputeFixture {
    function test_NobodyRecordsTheEntropy() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 257);
        warpToDeadline(jobId);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        assertRefusedWith(stranger, data, IDisputes.EntropyUnavailable.selector);
        endsByDefault(jobId);
    }

    function test_NobodyIsAnArbitrator() public {
        for (uint256 i; i < 3; i++) {
            vm.prank(arbitratorAt(i));
            pool.requestLeave();
        }
        vm.warp(block.timestamp + 1);
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        warpToDeadline(jobId);
        endsByDefault(jobId);
    }

    function test_AllArbitratorsStaySilent() public {
        (uint256 jobId,) = assigned();
        assignNext(jobId);
        assignNext(jobId);
        warpToDeadline(jobId);
        endsByDefault(jobId);
    }

    function test_TheOtherSideStaysSilent_IsJudgedOnTheMerits() public {
        (uint256 jobId, address arbitrator) = assigned();
        uint256 before = usdc.balanceOf(client);
        rule(jobId, arbitrator, 0);
        assertEq(usdc.balanceOf(client), before + BUDGET, "offline, and refunded");
        assertEnded(jobId);
    }

    function test_RevalidatorsStaySilent_GoesOnToAnArbitrator() public {
        uint256 jobId = openedWithTier();
        warpToDeadline(jobId);
        bytes memory data = callOf(IDisputes.finalize.selector, jobId);
        assertRefusedWith(stranger, data, IDisputes.ArbitratorStillPossible.selector);
        escalate(jobId, stranger);
        rule(jobId, assign(jobId), 50);
        assertEnded(jobId);
    }

    function test_RevalidatorsStaySilent_AndNobodyGoesOn() public {
        uint256 jobId = openedWithTier();
        vm.warp(EXPIRED_AT - 18 hours - 10 minutes + 1);
        bytes memory data = callOf(IDisputes.escalate.selector, jobId);
        assertRefusedWith(provider, data, IDisputes.NoTimeForArbitrator.selector);
        endsByDefault(jobId);
    }

    function test_TooLateForAnArbitrator_UntilBothMoveTheExpiry() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        vm.warp(EXPIRED_AT - 12 hours);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        assertRefusedWith(stranger, data, IDisputes.NoTimeForArbitrator.selector);
        bytes memory signature = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1 days, "");
        vm.prank(client);
        kernel.extend(jobId, EXPIRED_AT + 1 days, block.timestamp + 60, "", "", signature);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        rule(jobId, disputes.getDispute(jobId).arbitrator, 50);
        assertEnded(jobId);
    }

    function test_NobodyDoesAnything_TheExpiryEndsIt() public {
        uint256[4] memory jobs = [openedByProvider(), openedWithTier(), openedAndDecided(), openedAndAssigned()];
        vm.warp(EXPIRED_AT);
        for (uint256 i; i < jobs.length; i++) {
            kernel.claimRefund(jobs[i]);
            disputes.releaseBonds(jobs[i]);
            assertStage(jobs[i], IDisputes.Stage.Closed);
        }
        assertEq(usdc.balanceOf(address(disputes)), 0, "all bonds returned");
    }

    /// @dev Everything as late as the terms allow, in a job that expires as early as they allow.
    function test_TheSlowestDisputeEndsBeforeTheExpiry() public {
        uint256 jobId = tightJob(67 hours);
        vm.warp(SUBMIT_BY);
        submit(jobId);
        vm.warp(SUBMIT_BY + 12 hours - 1);
        open(jobId, provider);
        vm.warp(disputes.getDispute(jobId).deadline - 1);
        revalidate(jobId, 0, 0);
        revalidate(jobId, 1, 0);
        vm.warp(disputes.getDispute(jobId).deadline - 1);
        escalate(jobId, provider);
        assign(jobId);
        assignNext(jobId);
        assignNext(jobId);
        warpToDeadline(jobId);
        endsByDefault(jobId);
    }

    /// @dev The shortest expiry that the court accepts is the one the test above needs.
    function test_TheSlowestDisputeNeedsTheWholeTail() public {
        ICourt.Proposal memory offer = proposal(tieredRules());
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        job.expiredAt = SUBMIT_BY + 67 hours - 1;
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, SUBMIT_BY, SUBMIT_BY - 1));
        vm.prank(client);
        kernel.createJobWithBudget(job, abi.encode(offer));
    }

    function test_Pause_StopsEverythingButMoneyOnItsWayOut() public {
        uint256[4] memory jobs = [openedByProvider(), openedWithTier(), openedAndDecided(), openedAndAssigned()];
        uint256 failed = failedJob(proposal());
        pauseKernel();
        assertPaused(provider, openCall(failed, true));
        for (uint256 i; i < jobs.length; i++) {
            uint256 jobId = jobs[i];
            assertPaused(client, answerCall(jobId));
            assertPaused(client, abi.encodeCall(disputes.addEvidence, (jobId, 0, "")));
            assertPaused(revalidators[2], revalidateCall(jobId, 1));
            assertPaused(provider, callOf(IDisputes.escalate.selector, jobId));
            assertPaused(stranger, callOf(IDisputes.assignArbitrator.selector, jobId));
            assertPaused(disputes.getDispute(jobId).arbitrator, ruleCall(jobId, 1));
            assertPaused(stranger, callOf(IDisputes.finalize.selector, jobId));
        }
    }

    function test_Pause_MovesTheEvidenceWindow() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        pauseBeforeDeadline(jobId);
        answer(jobId, client);
        assignNext(jobId);
    }

    function test_Pause_MovesTheWindowOfRevalidators() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        pauseBeforeDeadline(jobId);
        revalidate(jobId, 1, 100);
        assertStage(jobId, IDisputes.Stage.Appealable);
    }

    function test_Pause_MovesTheAppealWindow() public {
        uint256 jobId = openedAndDecided();
        pauseBeforeDeadline(jobId);
        escalate(jobId, provider);
    }

    function test_Pause_MovesTheRulingWindow() public {
        (uint256 jobId, address arbitrator) = assigned();
        pauseBeforeDeadline(jobId);
        rule(jobId, arbitrator, 10);
        assertEq(pool.getArbitrator(arbitrator).stake, STAKE, "not slashed");
        assertEnded(jobId);
    }

    /// @dev As much time for arbitrators as without a pause.
    function test_Pause_MovesTheExpiryToo() public {
        (uint256 jobId,) = assigned();
        pauseBeforeDeadline(jobId);
        assignNext(jobId);
        assignNext(jobId);
        warpToDeadline(jobId);
        assertTrue(block.timestamp > EXPIRED_AT, "later than the expiry was");
        endsByDefault(jobId);
    }

    /// @dev Events and errors name the moment as it is on the wall now.
    function test_Pause_ShowsDeadlinesWhereTheyAre() public {
        uint256 jobId = openedByProvider();
        pauseBeforeDeadline(jobId);
        bytes memory data = callOf(IDisputes.finalize.selector, jobId);
        assertRefused(
            stranger, data, abi.encodeWithSelector(IDisputes.StageRunning.selector, jobId, block.timestamp + 1)
        );
    }

    function pauseBeforeDeadline(uint256 jobId) private {
        vm.warp(disputes.getDispute(jobId).deadline - 1);
        pauseKernel();
        vm.warp(block.timestamp + 7 days);
    }

    function endsByDefault(uint256 jobId) private {
        assertTrue(block.timestamp < kernel.getJob(jobId).expiredAt, "before the expiry");
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeClosed(jobId, ICourt.Resolution.Default, 50);
        finalize(jobId);
        assertEnded(jobId);
    }

    function openedAndDecided() private returns (uint256 jobId) {
        jobId = openedWithTier();
        revalidate(jobId, 0, 0);
        revalidate(jobId, 1, 0);
    }

    function openedAndAssigned() private returns (uint256 jobId) {
        jobId = openedByProvider();
        assign(jobId);
    }

    function tightJob(uint48 tail) private returns (uint256 jobId) {
        ICourt.Proposal memory offer = proposal(tieredRules());
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        job.expiredAt = SUBMIT_BY + tail;
        jobId = courtJob(job, offer);
        accept(jobId);
        fund(jobId);
    }

    function assertPaused(address by, bytes memory data) private {
        assertRefusedWith(by, data, IAgenticCommerce.KernelPaused.selector);
    }
}
