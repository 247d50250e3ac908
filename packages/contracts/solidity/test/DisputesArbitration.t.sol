// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {IArbitratorPool} from "../src/interfaces/IArbitratorPool.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev What the history contract of EIP-2935 answers.
contract BlockHistory {
    fallback(bytes calldata input) external returns (bytes memory) {
        return abi.encode(keccak256(input));
    }
}

/// @dev Entropy, assignment, ruling, replacement, and the default when there is none.
contract DisputesArbitrationTest is DisputeFixture {
    uint256 private constant RULING = 12 hours;

    function test_Entropy_NotInTheBlockOfTheEscalation() public {
        uint256 jobId = openedByProvider();
        bytes memory unavailable = abi.encodeWithSelector(IDisputes.EntropyUnavailable.selector, jobId, block.number);
        assertRefused(provider, capture(jobId), unavailable);
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        assertTrue(disputes.getDispute(jobId).entropy != 0, "captured");
        assertRefused(provider, capture(jobId), abi.encodeWithSelector(IDisputes.EntropyKnown.selector, jobId));
    }

    /// @dev Whoever records it and whenever, it is that of the anchor block.
    function testFuzz_Entropy_IsTheSameWhenever(uint16 delay, bytes32 blockHash) public {
        vm.assume(blockHash != 0);
        uint256 jobId = openedByProvider();
        uint256 anchor = block.number;
        vm.roll(anchor + bound(delay, 1, 256));
        vm.setBlockhash(anchor, blockHash);
        disputes.captureEntropy(jobId);
        bytes32 expected = keccak256(abi.encode(blockHash, block.chainid, address(disputes), jobId));
        assertEq(disputes.getDispute(jobId).entropy, expected, "entropy");
    }

    function test_Entropy_DiffersBetweenDisputesOfOneBlock() public {
        uint256 first = openedByProvider();
        uint256 second = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(first);
        disputes.captureEntropy(second);
        bool differ = disputes.getDispute(first).entropy != disputes.getDispute(second).entropy;
        assertTrue(differ, "no draw follows from another");
    }

    function test_Entropy_IsLostAfter256BlocksWithoutHistory() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 257);
        assertRefusedWith(provider, capture(jobId), IDisputes.EntropyUnavailable.selector);
    }

    function test_Entropy_FromTheHistoryOfTheChain() public {
        uint256 jobId = openedByProvider();
        vm.etch(0x0000F90827F1C53a10cb7A02335B175320002935, address(new BlockHistory()).code);
        uint256 anchor = block.number;
        vm.roll(anchor + 8_000);
        disputes.captureEntropy(jobId);
        bytes32 blockHash = keccak256(abi.encode(anchor));
        bytes32 expected = keccak256(abi.encode(blockHash, block.chainid, address(disputes), jobId));
        assertEq(disputes.getDispute(jobId).entropy, expected, "entropy");
    }

    function test_Entropy_OnlyOfAnEscalatedDispute() public {
        uint256 jobId = openedWithTier();
        vm.roll(block.number + 1);
        assertRefusedWith(provider, capture(jobId), IDisputes.WrongStage.selector);
    }

    /// @dev Block hashes are forgotten during a pause too.
    function test_Entropy_IsRecordedDuringAPause() public {
        uint256 jobId = openedByProvider();
        pauseKernel();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
    }

    function test_Assign_AfterTheEvidenceOnly() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        uint256 deadline = disputes.getDispute(jobId).deadline;
        vm.warp(deadline - 1);
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.StageRunning.selector, jobId, deadline));
        vm.warp(deadline);
        // It records the entropy itself when nobody has.
        assertRefused(stranger, data, "");
        address arbitrator = disputes.getDispute(jobId).arbitrator;
        assertEq(pool.getArbitrator(arbitrator).open, 1, "counted");
        assertEq(disputes.getDispute(jobId).deadline, deadline + RULING, "the whole window");
    }

    function test_Assign_NeverSomebodyInvolved() public {
        ICourt.Rules memory rules = tieredRules();
        uint256 jobId = failedJob(proposal(rules));
        // All but one seat belong to people who have a part in it.
        seat(provider, STAKE);
        seat(client, STAKE);
        seat(validator, STAKE);
        for (uint256 i; i < 3; i++) {
            seat(revalidators[i], STAKE);
        }
        for (uint256 i; i < 2; i++) {
            leaveSeat(arbitratorAt(i));
        }
        vm.warp(block.timestamp + 1);
        open(jobId, provider);
        warpToDeadline(jobId);
        escalate(jobId, stranger);
        assertEq(assign(jobId), arbitratorAt(2), "the only outsider");
    }

    function test_Assign_NeverTheWalletThatIsPaid() public {
        uint256 agentId = registerAgent(provider);
        setAgentWallet(agentId, provider, 0xA2B);
        uint256 jobId = agentJob(agentId);
        accept(jobId);
        fund(jobId);
        submit(jobId);
        validate(jobId, 0);
        leaveSeat(arbitratorAt(1));
        leaveSeat(arbitratorAt(2));
        vm.warp(block.timestamp + 1);
        open(jobId, provider);
        vm.roll(block.number + 1);
        warpToDeadline(jobId);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.NoEligibleArbitrator.selector, jobId));
    }

    function test_Assign_StakeScalesWithTheBudget() public {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        job.budget = 2_000e6;
        usdc.mint(client, 2_000e6);
        usdc.mint(provider, 2_000e6);
        uint256 jobId = courtJob(job, offer);
        accept(jobId);
        vm.prank(client);
        kernel.fund(jobId, 2_000e6, "");
        submit(jobId);
        validate(jobId, 0);
        seat(stranger, 200e6);
        vm.warp(block.timestamp + 1);
        open(jobId, provider);
        assertEq(assign(jobId), stranger, "the only one with a tenth at stake");
    }

    function test_Assign_OnlyWhenTheWholeWindowFits() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        bytes memory defaults = callOf(IDisputes.finalize.selector, jobId);
        vm.warp(EXPIRED_AT - RULING - 10 minutes);
        assertRefusedWith(stranger, defaults, IDisputes.ArbitratorStillPossible.selector);
        vm.warp(block.timestamp + 1);
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.NoTimeForArbitrator.selector, jobId));
        assertRefused(stranger, defaults, "");
        assertEnded(jobId);
    }

    function test_Assign_AtTheLastMomentStillHasItsWholeWindow() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        vm.warp(EXPIRED_AT - RULING - 10 minutes);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        address arbitrator = disputes.getDispute(jobId).arbitrator;
        vm.warp(block.timestamp + RULING - 1);
        rule(jobId, arbitrator, 40);
        assertEq(pool.getArbitrator(arbitrator).stake, STAKE, "not slashed");
        assertEnded(jobId);
    }

    function test_Rule_DividesTheBudget() public {
        (uint256 jobId, address arbitrator) = assigned();
        uint256 before = usdc.balanceOf(provider);
        vm.expectEmit(address(disputes));
        emit IDisputes.Ruled(jobId, arbitrator, 30, RATIONALE, RATIONALE_URI);
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeClosed(jobId, ICourt.Resolution.Arbitration, 30);
        rule(jobId, arbitrator, 30);
        assertTrue(usdc.balanceOf(provider) >= before + 30e6, "its share");
        assertEq(pool.getArbitrator(arbitrator).ruled, 1, "ruled");
        assertEq(pool.getArbitrator(arbitrator).open, 0, "free again");
        assertPhase(jobId, ICourt.Phase.Settled);
        assertEnded(jobId);
    }

    function test_Rule_OnlyTheAssignedInItsWindow() public {
        (uint256 jobId, address arbitrator) = assigned();
        bytes memory data = ruleCall(jobId, 50);
        for (uint256 i; i < 3; i++) {
            address other = arbitratorAt(i);
            if (other == arbitrator) continue;
            assertRefused(other, data, abi.encodeWithSelector(IDisputes.NotArbitrator.selector, jobId, other));
        }
        assertRefusedWith(client, data, IDisputes.NotArbitrator.selector);
        assertRefused(arbitrator, ruleCall(jobId, 101), abi.encodeWithSelector(IDisputes.PercentTooHigh.selector, 101));
        warpToDeadline(jobId);
        assertRefusedWith(arbitrator, data, IDisputes.StageOver.selector);
    }

    function test_Rule_Once() public {
        (uint256 jobId, address arbitrator) = assigned();
        bytes memory data = ruleCall(jobId, 50);
        rule(jobId, arbitrator, 50);
        assertRefusedWith(arbitrator, data, IDisputes.WrongStage.selector);
        assertRefusedWith(stranger, callOf(IDisputes.finalize.selector, jobId), IDisputes.WrongStage.selector);
        assertRefusedWith(stranger, abi.encodeCall(disputes.releaseBonds, (jobId)), IDisputes.WrongStage.selector);
    }

    function test_Replacement_AfterTheWholeWindowAndForATenth() public {
        (uint256 jobId, address first) = assigned();
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        vm.warp(disputes.getDispute(jobId).deadline - 1);
        assertRefusedWith(stranger, data, IDisputes.StageRunning.selector);
        vm.warp(block.timestamp + 1);
        vm.expectEmit(address(disputes));
        emit IDisputes.ArbitratorMissed(jobId, first, STAKE / 10);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        IArbitratorPool.Arbitrator memory missed = pool.getArbitrator(first);
        assertEq(missed.stake, STAKE - STAKE / 10, "slashed");
        assertEq(missed.missed, 1, "missed");
        assertEq(usdc.balanceOf(address(treasury)), STAKE / 10, "treasury");
        assertTrue(disputes.getDispute(jobId).arbitrator != first, "another");
        assertRefusedWith(first, ruleCall(jobId, 100), IDisputes.NotArbitrator.selector);
    }

    /// @dev Even topped up at once, nobody is asked twice.
    function test_Replacement_NobodyTwice() public {
        (uint256 jobId, address first) = assigned();
        topUp(first);
        address second = assignNext(jobId);
        topUp(second);
        address third = assignNext(jobId);
        assertTrue(first != second && second != third && first != third, "three people");
    }

    function test_Default_AfterThreeMissedWindows() public {
        (uint256 jobId,) = assigned();
        for (uint256 i; i < 3; i++) {
            seat(vm.addr(0xFE0 + i), STAKE);
        }
        assignNext(jobId);
        address third = assignNext(jobId);
        warpToDeadline(jobId);
        assertRefusedWith(
            stranger, callOf(IDisputes.assignArbitrator.selector, jobId), IDisputes.NoEligibleArbitrator.selector
        );
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeClosed(jobId, ICourt.Resolution.Default, 50);
        finalize(jobId);
        assertEq(pool.getArbitrator(third).missed, 1, "the third pays too");
        assertEq(usdc.balanceOf(address(treasury)), 3 * STAKE / 10, "all three");
        assertEnded(jobId);
    }

    function test_Default_NotWhileSomebodyCanJudge() public {
        uint256 jobId = openedByProvider();
        bytes memory data = callOf(IDisputes.finalize.selector, jobId);
        vm.roll(block.number + 1);
        assertRefusedWith(stranger, data, IDisputes.StageRunning.selector);
        warpToDeadline(jobId);
        assertRefusedWith(stranger, data, IDisputes.ArbitratorStillPossible.selector);
        disputes.captureEntropy(jobId);
        assertRefusedWith(stranger, data, IDisputes.ArbitratorStillPossible.selector);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        assertRefusedWith(stranger, data, IDisputes.StageRunning.selector);
        warpToDeadline(jobId);
        assertRefusedWith(stranger, data, IDisputes.ArbitratorStillPossible.selector);
    }

    function test_Default_ReturnsBothBonds() public {
        uint256 jobId = openedByProvider();
        answer(jobId, client);
        vm.roll(block.number + 257);
        warpToDeadline(jobId);
        uint256 ofClient = usdc.balanceOf(client);
        uint256 ofProvider = usdc.balanceOf(provider);
        finalize(jobId);
        assertBalances(ofClient + BOND + BUDGET / 2, ofProvider + BOND + BUDGET / 2);
        assertEnded(jobId);
    }

    function test_Release_AfterACancellation() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        bytes memory data = abi.encodeCall(disputes.releaseBonds, (jobId));
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.JobNotEnded.selector, jobId));
        uint256 ofClient = usdc.balanceOf(client);
        uint256 ofProvider = usdc.balanceOf(provider);
        cancel(jobId, 80e6);
        // Nobody can rule or finalize what the parties have ended.
        assertRefusedWith(arbitrator, ruleCall(jobId, 100), IAgenticCommerce.InvalidStatus.selector);
        vm.expectEmit(address(disputes));
        emit IDisputes.BondsReleased(jobId);
        disputes.releaseBonds(jobId);
        assertBalances(ofClient + BOND + 20e6 + VALIDATOR_FEE, ofProvider + BOND + 80e6);
        assertEq(pool.getArbitrator(arbitrator).open, 0, "free again");
        assertEq(pool.getArbitrator(arbitrator).missed, 0, "without fault");
        assertEnded(jobId);
    }

    /// @dev Nobody can rule any more, so nobody has missed anything.
    function test_Release_NobodyIsSlashedForAJobThatEnded() public {
        (uint256 jobId, address arbitrator) = assigned();
        cancel(jobId, 80e6);
        warpToDeadline(jobId);
        bytes memory assignment = callOf(IDisputes.assignArbitrator.selector, jobId);
        bytes memory ended = notInStatus(jobId, IAgenticCommerce.JobStatus.Completed);
        assertRefused(stranger, assignment, ended);
        // Neither when a default would follow.
        vm.warp(EXPIRED_AT - 1);
        bytes memory defaults = callOf(IDisputes.finalize.selector, jobId);
        assertRefused(stranger, defaults, ended);
        disputes.releaseBonds(jobId);
        assertEq(pool.getArbitrator(arbitrator).stake, STAKE, "not slashed");
        assertEnded(jobId);
    }

    function test_Release_AfterTheExpiry() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        disputes.releaseBonds(jobId);
        assertEq(pool.getArbitrator(arbitrator).stake, STAKE, "nobody called in time, so nobody is slashed");
        assertEnded(jobId);
    }

    function test_Release_InTheFirstTierAndDuringAPause() public {
        uint256 jobId = openedWithTier();
        cancel(jobId, 0);
        pauseKernel();
        disputes.releaseBonds(jobId);
        assertEnded(jobId);
    }

    function cancel(uint256 jobId, uint256 providerAmount) private {
        bytes memory signature = cancellation(PROVIDER_KEY, jobId, providerAmount);
        vm.prank(client);
        kernel.cancel(jobId, providerAmount, block.timestamp + 60, "", signature);
    }

    function leaveSeat(address arbitrator) private {
        vm.prank(arbitrator);
        pool.requestLeave();
    }

    function topUp(address arbitrator) private {
        usdc.mint(arbitrator, STAKE);
        vm.prank(arbitrator);
        pool.addStake(STAKE);
    }

    function capture(uint256 jobId) private view returns (bytes memory) {
        return abi.encodeCall(disputes.captureEntropy, (jobId));
    }
}
