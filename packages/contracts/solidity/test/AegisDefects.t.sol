// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {ValidationRegistry} from "../src/local/ValidationRegistry.sol";
import {Fixture} from "./support/Fixture.sol";
import {Vm} from "./support/Test.sol";

/// @dev Attacks that worked against an earlier escrow for agents (AEGIS); each must fail here. Those on disputes,
/// arbitrators, treasury and templates are in `AegisDisputeDefects.t.sol`: H2, H4 (second half), H6, H7, M3, M4, M5b,
/// M8, M9. Not about contracts are H9 (API), H10 (clients), L1 (ABIs) and L4 (claims): docs/threat-model.md names their
/// tests, and a test that it names one for each finding.
contract AegisDefectsTest is Fixture {
    uint256 private constant WALLET_KEY = 0x3A11E7;

    function test_C1_ClientCannotTakeDeliveredWorkByAValidatorOfItsOwn() public {
        uint256 jobId = submittedJob();
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidator.selector, jobId, client));
        vm.prank(client);
        court.validate(jobId, terms, 0, 0, "");
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.reject(jobId, 0, "");
        // Terms cannot be replaced once the job is funded.
        bytes memory optParams = abi.encode(proposal());
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Submitted));
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, optParams);
        validate(jobId, 100);
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
    }

    function test_C2_DeliveryAndFeedbackNeedNoRightsOverTheAgent() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        assertTrue(!identity.isApprovedForAll(provider, address(court)), "no operator");
        validate(jobId, 90);
        assertEq(reputation.getLastIndex(agentId, address(court)), 1, "written");
    }

    /// @dev The only calls an owner has are the fee, capped and for later jobs, the guardian and handing over.
    function test_C3_OwnerAndGuardianCannotTouchEscrowAllowancesOrOutcomes() public {
        uint256 jobId = submittedJob();
        vm.prank(admin);
        kernel.setPlatformFee(1_000, admin);
        ICourt.Terms memory terms = termsOf(jobId);
        bytes[9] memory calls = [
            abi.encodeCall(kernel.complete, (jobId, 0, "")),
            abi.encodeCall(kernel.completeSplit, (jobId, 1, 0, "")),
            abi.encodeCall(kernel.reject, (jobId, 0, "")),
            abi.encodeCall(kernel.cancel, (jobId, BUDGET, EXPIRED_AT, "", "")),
            abi.encodeCall(kernel.extend, (jobId, EXPIRED_AT + 1, EXPIRED_AT, "", "", "")),
            abi.encodeCall(kernel.claimRefund, (jobId)),
            abi.encodeCall(kernel.withdraw, ()),
            abi.encodeCall(kernel.fund, (jobId, BUDGET, "")),
            abi.encodeCall(kernel.createAndFund, (newPlainJob(), IAgenticCommerce.Payment(client, 0, 0, ""), ""))
        ];
        address[2] memory administrators = [admin, guardian];
        for (uint256 i; i < calls.length * 2; i++) {
            vm.prank(administrators[i % 2]);
            (bool ok,) = address(kernel).call(calls[i / 2]);
            assertTrue(!ok, "an administrator's call must fail");
        }
        vm.prank(admin);
        (bool ended,) =
            address(court).call(abi.encodeCall(court.endDispute, (jobId, terms, 100, ICourt.Resolution.Default, 0)));
        assertTrue(!ended, "the court has no owner");
        validate(jobId, 100);
        assertEq(usdc.balanceOf(admin), 0, "the fee was fixed when the job was created");
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
    }

    function test_C3_OpenAllowanceCannotBeDrainedByAStrangersJob() public {
        vm.prank(stranger);
        uint256 jobId = kernel.createJobWithBudget(newPlainJob(), "");
        vm.expectRevert(unauthorized(jobId, client));
        fund(jobId);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(kernel), 0, BUDGET)
        );
        vm.prank(stranger);
        kernel.fund(jobId, BUDGET, "");
        assertBalances(CLIENT_FUNDS, 0);
    }

    function test_H1_NoReputationWithoutConsentFundingAndSettlement() public {
        uint256 agentId = registerAgent(provider);
        uint256 jobId = agentJob(agentId);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Proposed));
        fund(jobId);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Proposed));
        vm.prank(validator);
        court.validate(jobId, terms, 0, 0, "");
        accept(jobId);
        fund(jobId);
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertEq(reputation.getClients(agentId).length, 0, "nothing written");
    }

    /// @dev A deadline nobody could meet cannot be proposed, and one that has become so cannot be funded.
    function test_H1_NoDeadlineThatCannotBeMet() public {
        ICourt.Proposal memory offer = proposal();
        offer.submitBy = START;
        bytes memory optParams = abi.encode(offer);
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        uint48 latest = EXPIRED_AT - 55 hours;
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, START, latest));
        vm.prank(client);
        kernel.createJobWithBudget(job, optParams);
        uint256 jobId = acceptedJob();
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, SUBMIT_BY));
        fund(jobId);
    }

    function test_H3_SilenceAfterAFailedValidationDoesNotPayTheProvider() public {
        uint256 jobId = failedJob(proposal());
        vm.warp(START + 365 days);
        settle(jobId);
        assertBalances(CLIENT_FUNDS - VALIDATOR_FEE, 0);
    }

    function test_H4_ASilentValidatorLocksNothing() public {
        uint256 agreed = submittedJob();
        uint256 abandoned = submittedJob();
        vm.warp(START + 12 hours);
        vm.prank(stranger);
        court.settle(agreed, termsOf(agreed));
        assertBalances(CLIENT_FUNDS - BUDGET / 2 - BUDGET - VALIDATOR_FEE, BUDGET / 2);
        vm.warp(EXPIRED_AT);
        vm.prank(stranger);
        kernel.claimRefund(abandoned);
        assertBalances(CLIENT_FUNDS - BUDGET / 2, BUDGET / 2);
    }

    function test_H5_ValidatorsAreAgreedByBothPaidForEveryScoreAndFinal() public {
        uint256 jobId = courtJob();
        bytes memory byClient = signed(CLIENT_KEY, court.termsDigest(jobId));
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSignature.selector, jobId, provider));
        court.accept(jobId, byClient);
        accept(jobId);
        fund(jobId);
        submit(jobId);
        validate(jobId, 0);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Failed));
        vm.prank(validator);
        court.validate(jobId, terms, 100, 0, "");
        vm.warp(START + 6 hours);
        settle(jobId);
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "paid for a fail too");
    }

    function test_H8_ABlacklistedPartyBlocksNobody() public {
        setFee(100);
        uint256 jobId = submittedJob();
        usdc.blacklist(provider);
        usdc.blacklist(validator);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(validator);
        court.validate(jobId, terms, 100, 0, "");
        assertEq(usdc.balanceOf(address(treasury)), 1e6, "fee paid");
        assertEq(kernel.withdrawable(provider), 99e6, "provider credited");
        assertEq(court.withdrawable(validator), VALIDATOR_FEE, "validator credited");
    }

    function test_H11_APauseEatsNoDeadline() public {
        uint256 delivering = fundedJob();
        uint256 disputing = failedJob(proposal());
        vm.warp(START + 6 hours - 1);
        pauseKernel();
        vm.warp(START + 6 hours - 1 + 7 days);
        ICourt.Terms memory terms = termsOf(disputing);
        vm.prank(address(disputes));
        court.beginDispute(disputing, terms, true);
        vm.warp(SUBMIT_BY + 7 days);
        submit(delivering);
        assertEq(kernel.getJob(delivering).expiredAt, EXPIRED_AT + 7 days, "expiredAt");
    }

    function test_M1_NoOutcomeIsWrittenWithoutAScore() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, START + 12 hours));
        vm.prank(client);
        court.settle(jobId, terms);
        vm.warp(START + 12 hours);
        vm.prank(client);
        court.settle(jobId, terms);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "nothing written");
    }

    /// @dev Two accounts of one owner can always trade; each entry costs the fees, a locked budget and a validator
    /// who is neither of them, and says which job it stands for, so that readers can weigh it by its amount.
    function test_M2_SelfDealingByOneAccountOrOneAgentIsRefused() public {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        bytes memory refusal = abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1);
        job.provider = client;
        expectRefused(job, offer, refusal);
        job.provider = provider;
        offer.rules.validators = panelOf(client);
        expectRefused(job, offer, refusal);
        offer = proposal();
        (offer.hasClientAgent, offer.clientAgentId) = (true, registerAgent(client));
        (job.hasAgentId, job.agentId) = (true, offer.clientAgentId);
        expectRefused(job, offer, refusal);
    }

    /// @dev No request of validation, so nobody can take its hash first.
    function test_M5_NobodyCanSquatADelivery() public {
        uint256 agentId = registerAgent(provider);
        uint256 jobId = agentJob(agentId);
        accept(jobId);
        fund(jobId);
        ValidationRegistry validations = new ValidationRegistry(address(identity), admin);
        uint256 own = registerAgent(stranger);
        vm.prank(stranger);
        validations.validationRequest(stranger, own, "ipfs://squat", DELIVERABLE);
        submit(jobId);
        validate(jobId, 90);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
    }

    function test_M6_NothingCostsMoreBecauseSomebodyHasManyJobs() public {
        fund(plainJob());
        uint256 jobId = plainJob();
        uint256 start = gasleft();
        fund(jobId);
        uint256 first = start - gasleft();
        for (uint256 i; i < 50; i++) {
            plainJob();
        }
        start = gasleft();
        fund(jobId + 50);
        assertTrue(start - gasleft() < first + 5_000, "constant");
    }

    function test_M7_ALostKeyOrASoldAgentStrandsNoJob() public {
        uint256 agentId = registerAgent(provider);
        uint256 jobId = agentJob(agentId);
        accept(jobId);
        fund(jobId);
        vm.prank(provider);
        identity.transferFrom(provider, stranger, agentId);
        setAgentWallet(agentId, stranger, WALLET_KEY);
        address wallet = vm.addr(WALLET_KEY);
        vm.prank(wallet);
        kernel.submit(jobId, DELIVERABLE, "");
        validate(jobId, 90);
        assertEq(usdc.balanceOf(wallet), BUDGET, "the agent's wallet is paid");
        assertEq(reputation.getLastIndex(agentId, address(court)), 1, "and rated");
    }

    function test_M10_TheLocalRegistriesAreAsStrictAsThePublishedOnes() public {
        uint256 agentId = registerAgent(provider);
        ValidationRegistry validations = new ValidationRegistry(address(identity), admin);
        bytes[4] memory calls = [
            abi.encodeCall(identity.setAgentWallet, (agentId, stranger, START + 60, "")),
            abi.encodeCall(identity.setAgentURI, (agentId, "ipfs://theirs")),
            abi.encodeCall(validations.validationRequest, (stranger, agentId, "", SPEC)),
            abi.encodeCall(validations.validationResponse, (SPEC, 100, "", 0, ""))
        ];
        vm.prank(provider);
        validations.validationRequest(validator, agentId, "", SPEC);
        for (uint256 i; i < calls.length; i++) {
            vm.prank(stranger);
            (bool ok,) = i < 2 ? address(identity).call(calls[i]) : address(validations).call(calls[i]);
            assertTrue(!ok, "a stranger must be refused");
        }
        vm.expectRevert("Self-feedback not allowed");
        vm.prank(provider);
        reputation.giveFeedback(agentId, 100, 0, "", "", "", "", 0);
    }

    /// @dev Each event of the kernel's and the court's steps is also expected by name in the tests of that step.
    function test_L2_EveryStepEmitsItsEvent() public {
        vm.recordLogs();
        uint256 jobId = submittedJob();
        validate(jobId, 90);
        bytes32[11] memory expected = [
            IAgenticCommerce.JobCreated.selector,
            IAgenticCommerce.JobDetails.selector,
            ICourt.TermsProposed.selector,
            IAgenticCommerce.BudgetSet.selector,
            ICourt.TermsAccepted.selector,
            IAgenticCommerce.JobFunded.selector,
            ICourt.DeliverableSubmitted.selector,
            IAgenticCommerce.JobSubmitted.selector,
            ICourt.Validated.selector,
            ICourt.Settled.selector,
            IAgenticCommerce.JobCompleted.selector
        ];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 next;
        for (uint256 i; i < logs.length && next < expected.length; i++) {
            if (logs[i].topics[0] == expected[next]) next++;
        }
        assertEq(next, expected.length, "in this order");
    }

    function test_L3_EveryStateCanBeObserved() public {
        uint256 jobId = courtJob();
        assertPhase(jobId + 1, ICourt.Phase.None);
        assertPhase(jobId, ICourt.Phase.Proposed);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Open);
        accept(jobId);
        assertPhase(jobId, ICourt.Phase.Accepted);
        fund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        submit(jobId);
        assertPhase(jobId, ICourt.Phase.Validating);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Submitted);
        validate(jobId, 0);
        assertPhase(jobId, ICourt.Phase.Failed);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(address(disputes));
        court.beginDispute(jobId, terms, true);
        assertPhase(jobId, ICourt.Phase.Disputed);
        vm.prank(address(disputes));
        court.endDispute(jobId, terms, 50, ICourt.Resolution.Arbitration, 0);
        assertPhase(jobId, ICourt.Phase.Settled);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
        uint256 rejected = plainJob();
        vm.prank(client);
        kernel.reject(rejected, 0, "");
        assertStatus(rejected, IAgenticCommerce.JobStatus.Rejected);
        uint256 expired = fundedPlainJob();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(expired);
        assertStatus(expired, IAgenticCommerce.JobStatus.Expired);
    }

    /// @dev Hook data names no caller; a provider that proposed terms could trap a client's pending `fund`.
    function test_ProviderCannotSlipItsOwnTermsUnderAPendingFunding() public {
        uint256 jobId = acceptedJob();
        ICourt.Proposal memory trap = proposal();
        (trap.rules.validators, trap.rules.threshold) = (panelOf(stranger), 0);
        bytes memory optParams = abi.encode(trap);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotProposer.selector, jobId, provider));
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, optParams);
    }
}
