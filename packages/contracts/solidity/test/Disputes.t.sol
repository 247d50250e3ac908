// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev How a dispute begins, who may speak, and the first tier.
contract DisputesTest is DisputeFixture {
    function test_Open_WithoutRevalidatorsGoesToArbitration() public {
        uint256 jobId = failedJob(proposal());
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeOpened(jobId, provider, IDisputes.Stage.Evidence, BOND, 0, START + 1 + 6 hours);
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeEscalated(jobId, provider, START + 1 + 6 hours, block.number);
        vm.expectEmit(address(disputes));
        emit IDisputes.EvidenceAdded(jobId, provider, EVIDENCE, EVIDENCE_URI);
        open(jobId, provider);
        IDisputes.Dispute memory dispute = disputes.getDispute(jobId);
        assertEq(dispute.anchorBlock, block.number, "anchor");
        assertEq(dispute.escalatedAt, START + 1, "escalated at");
        assertTrue(dispute.openerIsProvider && !dispute.answered, "sides");
        assertEq(usdc.balanceOf(address(disputes)), BOND, "bond");
        assertPhase(jobId, ICourt.Phase.Disputed);
    }

    function test_Open_WithRevalidatorsAsksThemFirst() public {
        uint256 jobId = openedWithTier();
        IDisputes.Dispute memory dispute = disputes.getDispute(jobId);
        assertStage(jobId, IDisputes.Stage.Revalidation);
        assertEq(dispute.deadline, START + 1 + 6 hours, "deadline");
        assertEq(dispute.escalatedAt, 0, "not escalated");
    }

    function test_Open_SilenceByEitherSideThatDoesNotGetEverything() public {
        uint256 jobId = openedByClient();
        assertEq(disputes.getDispute(jobId).percent, 50, "what silence gives");
        assertTrue(!disputes.getDispute(jobId).openerIsProvider, "side");
        uint256 second = submittedJob();
        vm.warp(block.timestamp + 6 hours);
        open(second, provider);
        assertTrue(disputes.getDispute(second).openerIsProvider, "side");
    }

    function test_Open_OnlyOnce() public {
        uint256 jobId = openedByProvider();
        assertRefused(
            provider, openCall(jobId, true), abi.encodeWithSelector(IDisputes.AlreadyDisputed.selector, jobId)
        );
        assertRefused(client, openCall(jobId, false), abi.encodeWithSelector(IDisputes.AlreadyDisputed.selector, jobId));
    }

    function test_Open_NotByTheSideThatWon() public {
        uint256 jobId = failedJob(proposal());
        assertRefused(client, openCall(jobId, false), abi.encodeWithSelector(ICourt.NotDisputable.selector, jobId));
    }

    function test_Open_OnlyForOneself() public {
        uint256 jobId = failedJob(proposal());
        bytes memory notParty = abi.encodeWithSelector(IDisputes.NotParty.selector, jobId, stranger);
        assertRefused(stranger, openCall(jobId, true), notParty);
        // Not for the other side either, whose allowance would pay.
        notParty = abi.encodeWithSelector(IDisputes.NotParty.selector, jobId, client);
        assertRefused(client, openCall(jobId, true), notParty);
    }

    function test_Open_NotAfterTheDisputeWindow() public {
        uint256 jobId = failedJob(proposal());
        vm.warp(START + 1 + 6 hours);
        assertRefusedWith(provider, openCall(jobId, true), ICourt.DisputeClosed.selector);
    }

    function test_Open_NotWithOtherTerms() public {
        uint256 jobId = failedJob(proposal());
        ICourt.Terms memory terms = termsOf(jobId);
        terms.rules.bondBps = 100;
        bytes memory data = abi.encodeCall(disputes.open, (jobId, terms, true, EVIDENCE, EVIDENCE_URI, allowance()));
        assertRefusedWith(provider, data, ICourt.TermsMismatch.selector);
    }

    function test_Open_NotForFree() public {
        uint256 jobId = failedJob(proposal());
        vm.prank(provider);
        usdc.approve(address(disputes), BOND - 1);
        assertRefusedWith(provider, openCall(jobId, true), IERC20Errors.ERC20InsufficientAllowance.selector);
    }

    function test_Open_AnyoneBringsASignedBond() public {
        uint256 jobId = failedJob(proposal());
        ICourt.Terms memory terms = termsOf(jobId);
        IDisputes.BondPayment memory payment = signedBond(PROVIDER_KEY, jobId, EVIDENCE);
        vm.prank(provider);
        usdc.approve(address(disputes), 0);
        // Whoever brought it, the party escalated it.
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeEscalated(jobId, provider, START + 1 + 6 hours, block.number);
        vm.prank(stranger);
        disputes.open(jobId, terms, true, EVIDENCE, EVIDENCE_URI, payment);
        assertEq(disputes.getDispute(jobId).opener, provider, "opener");
    }

    function test_Open_ASignedBondFitsItsEvidenceAndSideOnly() public {
        uint256 jobId = failedJob(proposal());
        ICourt.Terms memory terms = termsOf(jobId);
        IDisputes.BondPayment memory payment = signedBond(PROVIDER_KEY, jobId, EVIDENCE);
        bytes memory data = abi.encodeCall(disputes.open, (jobId, terms, true, RATIONALE, EVIDENCE_URI, payment));
        assertRefusedWith(stranger, data, ERC3009.ERC3009InvalidSignature.selector);
        payment = signedBond(CLIENT_KEY, jobId, EVIDENCE);
        data = abi.encodeCall(disputes.open, (jobId, terms, true, EVIDENCE, EVIDENCE_URI, payment));
        assertRefusedWith(stranger, data, ERC3009.ERC3009InvalidSignature.selector);
    }

    function test_Open_ByTheWalletOfTheAgent() public {
        uint256 agentId = registerAgent(provider);
        uint256 jobId = agentJob(agentId);
        accept(jobId);
        fund(jobId);
        submit(jobId);
        validate(jobId, 0);
        setAgentWallet(agentId, provider, 0x3A11E7);
        address wallet = vm.addr(0x3A11E7);
        usdc.mint(wallet, BOND);
        approveDisputes(wallet);
        open(jobId, wallet);
        assertEq(disputes.getDispute(jobId).opener, wallet, "opener");
        rule(jobId, assign(jobId), 100);
        assertEq(usdc.balanceOf(wallet), BUDGET + BOND / 2, "the budget and its bond without the fee");
        assertEnded(jobId);
    }

    /// @dev Its terms name no job, because the provider signed them before there was one.
    function test_AJobFromAnOfferIsDisputedLikeAnyOther() public {
        ICourt.Proposal memory offer = proposal(tieredRules());
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        signOffer(job, offer, 7);
        uint256 jobId = courtJob(job, offer);
        fund(jobId);
        submit(jobId);
        validate(jobId, 0);
        open(jobId, provider);
        answer(jobId, client);
        revalidate(jobId, 0, 0);
        revalidate(jobId, 1, 0);
        escalate(jobId, provider);
        rule(jobId, assign(jobId), 60);
        assertEnded(jobId);
    }

    function test_Bond_IsScaledAndHasAFloor() public view {
        assertEq(disputes.bondOf(BUDGET, 1_000), BOND, "a tenth");
        assertEq(disputes.bondOf(1e6, 100), disputes.MIN_BOND(), "floor");
        assertEq(disputes.bondOf(type(uint96).max, 5_000), type(uint96).max / 2, "largest");
    }

    function test_Answer_PostsTheSameBond() public {
        uint256 jobId = openedByProvider();
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeAnswered(jobId, client, BOND);
        vm.expectEmit(address(disputes));
        emit IDisputes.EvidenceAdded(jobId, client, EVIDENCE, EVIDENCE_URI);
        answer(jobId, client);
        assertEq(usdc.balanceOf(address(disputes)), 2 * BOND, "bonds");
        assertEq(disputes.getDispute(jobId).respondent, client, "respondent");
        assertRefused(client, answerCall(jobId), abi.encodeWithSelector(IDisputes.AlreadyAnswered.selector, jobId));
    }

    function test_Answer_AnyoneBringsASignedBond() public {
        uint256 jobId = openedByProvider();
        ICourt.Terms memory terms = termsOf(jobId);
        IDisputes.BondPayment memory payment = signedBond(CLIENT_KEY, jobId, EVIDENCE);
        vm.prank(stranger);
        disputes.answer(jobId, terms, EVIDENCE, EVIDENCE_URI, payment);
        assertEq(disputes.getDispute(jobId).respondent, client, "respondent");
    }

    function test_Answer_OnlyByTheOtherSideAndInTime() public {
        uint256 jobId = openedByProvider();
        bytes memory data = answerCall(jobId);
        assertRefused(provider, data, abi.encodeWithSelector(IDisputes.NotParty.selector, jobId, provider));
        uint256 deadline = disputes.getDispute(jobId).deadline;
        vm.warp(deadline);
        assertRefused(client, data, abi.encodeWithSelector(IDisputes.StageOver.selector, jobId, deadline));
        assign(jobId);
        data = answerCall(jobId);
        assertRefused(
            client, data, abi.encodeWithSelector(IDisputes.WrongStage.selector, jobId, IDisputes.Stage.Ruling)
        );
    }

    function test_Evidence_OfPartiesWhileItIsTaken() public {
        uint256 jobId = openedByProvider();
        bytes memory data = abi.encodeCall(disputes.addEvidence, (jobId, RATIONALE, EVIDENCE_URI));
        assertRefused(client, data, "");
        assertRefused(provider, data, "");
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.NotParty.selector, jobId, stranger));
        bytes memory tooLong = abi.encodeCall(disputes.addEvidence, (jobId, RATIONALE, string(new bytes(1_025))));
        assertRefused(client, tooLong, abi.encodeWithSelector(IDisputes.URITooLong.selector, 1_025));
        warpToDeadline(jobId);
        assertRefusedWith(client, data, IDisputes.StageOver.selector);
        assertRefused(client, abi.encodeCall(disputes.addEvidence, (99, 0, "")), noDispute(99));
    }

    function test_Revalidation_EnoughPassesGiveAll() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 70);
        assertStage(jobId, IDisputes.Stage.Revalidation);
        vm.expectEmit(address(disputes));
        emit IDisputes.Revalidated(jobId, revalidators[2], 71, true, EVIDENCE, EVIDENCE_URI);
        vm.expectEmit(address(disputes));
        emit IDisputes.RevalidationDecided(jobId, 100, START + 1 + 6 hours);
        revalidate(jobId, 2, 71);
        assertStage(jobId, IDisputes.Stage.Appealable);
        assertEq(disputes.getDispute(jobId).percent, 100, "percent");
    }

    function test_Revalidation_OutOfReachGivesNothing() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 69);
        revalidate(jobId, 1, 0);
        assertStage(jobId, IDisputes.Stage.Appealable);
        assertEq(disputes.getDispute(jobId).percent, 0, "percent");
        assertRefusedWith(revalidators[2], revalidateCall(jobId, 100), IDisputes.WrongStage.selector);
    }

    function test_Revalidation_OnlyThoseNamedOnceEachAndInTime() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        bytes memory data = revalidateCall(jobId, 100);
        assertRefusedWith(revalidators[0], data, IDisputes.AlreadyRevalidated.selector);
        assertRefusedWith(validator, data, IDisputes.NotRevalidator.selector);
        assertRefusedWith(provider, data, IDisputes.NotRevalidator.selector);
        assertRefusedWith(revalidators[1], revalidateCall(jobId, 101), IDisputes.PercentTooHigh.selector);
        warpToDeadline(jobId);
        assertRefusedWith(revalidators[1], data, IDisputes.StageOver.selector);
    }

    function test_Revalidation_StandsWhenNobodyAppeals() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        revalidate(jobId, 1, 100);
        assertRefusedWith(stranger, callOf(IDisputes.finalize.selector, jobId), IDisputes.StageRunning.selector);
        warpToDeadline(jobId);
        vm.expectEmit(address(disputes));
        emit IDisputes.DisputeClosed(jobId, ICourt.Resolution.Revalidation, 100);
        finalize(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
        assertEnded(jobId);
    }

    function test_Escalate_OnlyTheLoser() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 0);
        revalidate(jobId, 1, 0);
        bytes memory data = callOf(IDisputes.escalate.selector, jobId);
        assertRefused(client, data, abi.encodeWithSelector(IDisputes.NotLoser.selector, jobId, client));
        assertRefused(stranger, data, abi.encodeWithSelector(IDisputes.NotLoser.selector, jobId, stranger));
        escalate(jobId, provider);
        assertStage(jobId, IDisputes.Stage.Evidence);
        assertEq(disputes.getDispute(jobId).escalatedAt, block.timestamp, "escalated");
    }

    function test_Escalate_TheOtherSideAfterItsBond() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        revalidate(jobId, 1, 100);
        bytes memory data = callOf(IDisputes.escalate.selector, jobId);
        assertRefused(client, data, abi.encodeWithSelector(IDisputes.NotAnswered.selector, jobId));
        assertRefusedWith(provider, data, IDisputes.NotLoser.selector);
        answer(jobId, client);
        escalate(jobId, client);
        assertStage(jobId, IDisputes.Stage.Evidence);
        rule(jobId, assign(jobId), 0);
        assertEnded(jobId);
    }

    function test_Escalate_NotAfterTheAppealWindow() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 0);
        revalidate(jobId, 1, 0);
        warpToDeadline(jobId);
        bytes memory data = callOf(IDisputes.escalate.selector, jobId);
        assertRefusedWith(provider, data, IDisputes.StageOver.selector);
    }

    function test_Escalate_AnyoneWhenRevalidatorsStaySilent() public {
        uint256 jobId = openedWithTier();
        revalidate(jobId, 0, 100);
        bytes memory data = callOf(IDisputes.escalate.selector, jobId);
        assertRefusedWith(provider, data, IDisputes.StageRunning.selector);
        warpToDeadline(jobId);
        escalate(jobId, stranger);
        assertStage(jobId, IDisputes.Stage.Evidence);
        assertRefusedWith(provider, data, IDisputes.WrongStage.selector);
    }

    function test_NothingWithoutADispute() public {
        uint256 jobId = failedJob(proposal());
        bytes[8] memory calls = [
            answerCall(jobId),
            revalidateCall(jobId, 1),
            ruleCall(jobId, 1),
            callOf(IDisputes.escalate.selector, jobId),
            callOf(IDisputes.assignArbitrator.selector, jobId),
            callOf(IDisputes.finalize.selector, jobId),
            abi.encodeCall(disputes.captureEntropy, (jobId)),
            abi.encodeCall(disputes.releaseBonds, (jobId))
        ];
        for (uint256 i; i < calls.length; i++) {
            assertRefused(client, calls[i], noDispute(jobId));
        }
    }

    /// @dev Every step that is given terms refuses others, for instance with a default that suits the caller.
    function test_NothingWithOtherTerms() public {
        uint256 jobId = openedByProvider();
        ICourt.Terms memory terms = termsOf(jobId);
        terms.rules.defaultPercent = 100;
        bytes[6] memory calls = [
            abi.encodeCall(disputes.answer, (jobId, terms, 0, "", allowance())),
            abi.encodeCall(disputes.revalidate, (jobId, terms, 1, 0, "")),
            abi.encodeCall(disputes.rule, (jobId, terms, 1, 0, "")),
            abi.encodeCall(disputes.escalate, (jobId, terms)),
            abi.encodeCall(disputes.assignArbitrator, (jobId, terms)),
            abi.encodeCall(disputes.finalize, (jobId, terms))
        ];
        for (uint256 i; i < calls.length; i++) {
            assertRefusedWith(client, calls[i], ICourt.TermsMismatch.selector);
        }
    }

    function noDispute(uint256 jobId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputes.NoDispute.selector, jobId);
    }
}
