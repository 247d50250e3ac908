// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev Opens a dispute and wants to undo it all when it does not like whom that draws.
contract Grinder {
    bool public knewTheDraw;

    function grind(IDisputes disputes, uint256 jobId, bytes calldata openCall) external {
        (bool ok,) = address(disputes).call(openCall);
        require(ok, "open");
        try disputes.captureEntropy(jobId) {
            knewTheDraw = true;
        } catch {}
    }
}

/// @dev Attacks on disputes that worked against an earlier escrow for agents (AEGIS); each must fail here.
contract AegisDisputeDefectsTest is DisputeFixture {
    function test_C1_NoDisputeBeforeTheValidatorsHadTheirTime() public {
        uint256 jobId = submittedJob();
        assertRefusedWith(client, openCall(jobId, false), ICourt.NotDecided.selector);
        validate(jobId, 100);
        assertRefusedWith(client, openCall(jobId, false), IAgenticCommerce.InvalidStatus.selector);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
    }

    function test_C1_TheClientHasNoRevalidatorOfItsOwn() public {
        uint256 jobId = submittedJob(proposal(tieredRules()));
        vm.warp(block.timestamp + 6 hours);
        open(jobId, client);
        ICourt.Terms memory terms = termsOf(jobId);
        terms.rules.revalidators[0] = stranger;
        bytes memory data = abi.encodeCall(disputes.revalidate, (jobId, terms, 0, 0, ""));
        assertRefusedWith(stranger, data, ICourt.TermsMismatch.selector);
        assertRefusedWith(stranger, revalidateCall(jobId, 0), IDisputes.NotRevalidator.selector);
        assertRefusedWith(client, revalidateCall(jobId, 0), IDisputes.NotRevalidator.selector);
    }

    function test_H2_TheProviderFlipsNoFailingScore() public {
        uint256 jobId = submittedJob(proposal(tieredRules()));
        validate(jobId, 69);
        open(jobId, provider);
        assertRefusedWith(provider, revalidateCall(jobId, 70), IDisputes.NotRevalidator.selector);
        // One of three whom both named is not enough.
        revalidate(jobId, 0, 70);
        assertStage(jobId, IDisputes.Stage.Revalidation);
        revalidate(jobId, 1, 69);
        revalidate(jobId, 2, 69);
        assertEq(disputes.getDispute(jobId).percent, 0, "fails again");
    }

    function test_H4_SilenceLocksNothing() public {
        uint256 jobId = openedWithTier();
        warpToDeadline(jobId);
        escalate(jobId, stranger);
        vm.roll(block.number + 257);
        warpToDeadline(jobId);
        finalize(jobId);
        assertEnded(jobId);
    }

    function test_H6_ArbitratorsArePaidByWhoLoses() public {
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        uint256 before = usdc.balanceOf(arbitrator);
        rule(jobId, arbitrator, 100);
        assertEq(usdc.balanceOf(arbitrator) - before, BOND / 2, "paid");
    }

    function test_H6_NobodyOpensOnlyIfItLikesTheDraw() public {
        uint256 jobId = failedJob(proposal());
        ICourt.Terms memory terms = termsOf(jobId);
        IDisputes.BondPayment memory payment = signedBond(PROVIDER_KEY, jobId, EVIDENCE);
        bytes memory data = abi.encodeCall(disputes.open, (jobId, terms, true, EVIDENCE, EVIDENCE_URI, payment));
        Grinder grinder = new Grinder();
        grinder.grind(disputes, jobId, data);
        assertTrue(!grinder.knewTheDraw(), "the hash does not exist yet");
    }

    /// @dev Whoever calls, and however often and late, draws the same.
    function testFuzz_H6_NobodyChoosesTheMomentOfTheDraw(uint32 delay) public {
        for (uint256 i; i < 20; i++) {
            seat(vm.addr(0x5EA7 + i), STAKE);
        }
        vm.warp(block.timestamp + 1);
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        IDisputes.Dispute memory dispute = disputes.getDispute(jobId);
        address[] memory excluded = new address[](1);
        excluded[0] = provider;
        address expected = pool.draw(dispute.entropy, 0, dispute.escalatedAt, 0, excluded);
        vm.roll(block.number + bound(delay, 1, 1e6));
        vm.warp(dispute.deadline + bound(delay, 0, 3 days));
        disputes.assignArbitrator(jobId, termsOf(jobId));
        assertEq(disputes.getDispute(jobId).arbitrator, expected, "fixed at the escalation");
    }

    function test_H6_AHundredLateSeatsDoNotChangeTheDraw() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        for (uint256 i; i < 100; i++) {
            seat(vm.addr(0x5EA7 + i), 10 * STAKE);
        }
        address arbitrator = assignNext(jobId);
        bool early = arbitrator == arbitratorAt(0) || arbitrator == arbitratorAt(1) || arbitrator == arbitratorAt(2);
        assertTrue(early, "one of those who sat there");
    }

    /// @dev Assigned and timed out in one transaction: the window runs from the assignment, so nobody can.
    function testFuzz_H7_NobodyIsSlashedWithoutItsWholeWindow(uint32 delay, uint32 early) public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        warpToDeadline(jobId);
        vm.warp(block.timestamp + bound(delay, 0, EXPIRED_AT - block.timestamp - 12 hours - 10 minutes));
        disputes.assignArbitrator(jobId, termsOf(jobId));
        bytes memory next = callOf(IDisputes.assignArbitrator.selector, jobId);
        bytes memory defaults = callOf(IDisputes.finalize.selector, jobId);
        vm.warp(block.timestamp + bound(early, 0, 12 hours - 1));
        address arbitrator = disputes.getDispute(jobId).arbitrator;
        bytes4 refusal = bytes4(attempt(stranger, next));
        bool refused = refusal == IDisputes.StageRunning.selector;
        assertTrue(refused, "no replacement");
        assertRefusedWith(stranger, defaults, IDisputes.StageRunning.selector);
        assertEq(pool.getArbitrator(arbitrator).stake, STAKE, "not slashed");
        rule(jobId, arbitrator, 1);
    }

    function test_M3_TheBondScalesAndTheLoserPaysIt() public {
        assertEq(disputes.bondOf(1e6, 1_000), 100_000, "of one USDC");
        assertEq(disputes.bondOf(10_000e6, 1_000), 1_000e6, "of ten thousand");
        (uint256 jobId, address arbitrator) = answeredAndAssigned();
        uint256 before = usdc.balanceOf(client);
        rule(jobId, arbitrator, 100);
        assertEq(usdc.balanceOf(client), before, "its bond is gone");
    }

    function test_M4_EverythingThatArrivesIsCounted() public {
        vm.prank(admin);
        kernel.setPlatformFee(1_000, address(treasury));
        (uint256 jobId,) = assigned();
        address second = assignNext(jobId);
        rule(jobId, second, 50);
        treasury.sync();
        uint256 slashed = STAKE / 10;
        uint256 fee = BUDGET / 2 / 10;
        // Half the bond is lost by the opener; a quarter of it would have been the silent side's.
        uint256 forfeited = BOND / 8;
        uint256 covered = BOND / 4;
        assertEq(treasury.totalReceived(), slashed + fee + forfeited, "all counted");
        uint256 booked = treasury.reserve() + treasury.arbitrationFund();
        assertEq(booked, slashed + fee + forfeited - covered, "all booked");
        assertEq(usdc.balanceOf(address(treasury)), booked, "all there");
    }

    function test_M5b_AClientRepeatsNoFailingScore() public {
        uint256 jobId = submittedJob(proposal(tieredRules()));
        validate(jobId, 0);
        // It has won already; only the loser can go on.
        assertRefusedWith(client, openCall(jobId, false), ICourt.NotDisputable.selector);
        open(jobId, provider);
        assertRefusedWith(validator, revalidateCall(jobId, 0), IDisputes.NotRevalidator.selector);
    }

    function test_M8_NoStakeAtAllDividesNothingByZero() public {
        assertEq(pool.draw(0, 0, START, 0, new address[](0)), address(0), "no seat before the first");
        ICourt.Proposal memory offer = proposal();
        offer.rules.bondBps = 5_001;
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidBond.selector, 5_001));
        vm.prank(client);
        kernel.createJobWithBudget(job, abi.encode(offer));
    }

    function test_M9_NoRulingBeforeTheEvidenceAndNoAssignmentWithoutTime() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        for (uint256 i; i < 3; i++) {
            assertRefusedWith(arbitratorAt(i), ruleCall(jobId, 0), IDisputes.WrongStage.selector);
        }
        vm.warp(EXPIRED_AT - 12 hours);
        bytes memory data = callOf(IDisputes.assignArbitrator.selector, jobId);
        assertRefusedWith(stranger, data, IDisputes.NoTimeForArbitrator.selector);
    }
}
