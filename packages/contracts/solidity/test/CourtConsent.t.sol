// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";
import {RecordingHook} from "./support/Hooks.sol";

/// @dev Signs everything that its owner hashed before.
contract SmartWallet is IERC1271 {
    mapping(bytes32 digest => bool) public approved;

    function approve(bytes32 digest) external {
        approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return approved[digest] ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @dev Consent, offers, and what the court lets the kernel do with them.
contract CourtConsentTest is Fixture {
    uint256 private constant WALLET_KEY = 0x3A11E7;

    function test_Accept_ByAnyoneWhoHoldsTheSignature() public {
        uint256 jobId = courtJob();
        bytes memory signature = consent(jobId);
        vm.expectEmit(address(court));
        emit ICourt.TermsAccepted(jobId, provider, court.getAgreement(jobId).termsHash);
        vm.prank(stranger);
        court.accept(jobId, signature);
        assertPhase(jobId, ICourt.Phase.Accepted);
    }

    function test_Accept_RevertsWithAnotherSignature() public {
        uint256 first = courtJob();
        uint256 second = courtJob();
        bytes memory byClient = signed(CLIENT_KEY, court.termsDigest(second));
        bytes memory ofAnotherJob = consent(first);
        vm.expectRevert(invalidSignature(second));
        court.accept(second, byClient);
        vm.expectRevert(invalidSignature(second));
        court.accept(second, ofAnotherJob);
    }

    function test_Accept_RevertsUnlessProposedAndOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotFound.selector, 1));
        kernel.getJob(1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoTerms.selector, 1));
        court.accept(1, "");
        uint256 jobId = acceptedJob();
        bytes memory signature = consent(jobId);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Accepted));
        court.accept(jobId, signature);
        uint256 rejected = courtJob();
        signature = consent(rejected);
        vm.prank(client);
        kernel.reject(rejected, 0, "");
        vm.expectRevert(notInStatus(rejected, IAgenticCommerce.JobStatus.Rejected));
        court.accept(rejected, signature);
    }

    function test_Accept_RevertsOnceDeliveryWouldBeTooLate() public {
        uint256 jobId = courtJob();
        bytes memory signature = consent(jobId);
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(submissionClosed(jobId));
        court.accept(jobId, signature);
    }

    function test_Accept_TakesASmartWallet() public {
        SmartWallet wallet = new SmartWallet();
        provider = address(wallet);
        uint256 jobId = courtJob();
        vm.expectRevert(invalidSignature(jobId));
        court.accept(jobId, "");
        wallet.approve(court.termsDigest(jobId));
        court.accept(jobId, "");
    }

    function test_Accept_TakesTheAgentsOwnerAndItsIdMayBeZero() public {
        (, uint256 agentId) = submittedAgentJob();
        assertEq(agentId, 0, "the first id of the registry");
    }

    function test_Accept_TakesTheAgentsWalletAsProviderAndAsSigner() public {
        uint256 agentId = registerAgent(stranger);
        setAgentWallet(agentId, stranger, PROVIDER_KEY);
        accept(agentJob(agentId));
        uint256 own = registerAgent(provider);
        setAgentWallet(own, provider, WALLET_KEY);
        uint256 jobId = agentJob(own);
        bytes memory byWallet = signed(WALLET_KEY, court.termsDigest(jobId));
        court.accept(jobId, byWallet);
    }

    function test_Accept_RevertsForSomebodyElsesOrNoAgent() public {
        uint256 agentId = registerAgent(stranger);
        uint256 jobId = agentJob(agentId);
        bytes memory signature = consent(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAgentOwnerOrWallet.selector, agentId, provider));
        court.accept(jobId, signature);
        jobId = agentJob(9);
        signature = consent(jobId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        court.accept(jobId, signature);
    }

    function test_Offer_IsAcceptedByItsProposalOnce() public {
        (IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer) = signedOffer(7);
        uint256 jobId = courtJob(job, offer);
        assertPhase(jobId, ICourt.Phase.Accepted);
        assertTrue(court.isOfferUsed(provider, 7), "used");
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.OfferUsed.selector, provider, 7));
        fund(jobId);
        submit(jobId);
        validate(jobId, 90);
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
    }

    function test_Offer_StaysUsedWhenItsTermsAreVoided() public {
        (IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer) = signedOffer(7);
        uint256 jobId = courtJob(job, offer);
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET - 1, "");
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.OfferUsed.selector, provider, 7));
    }

    function test_Offer_CanBeWithdrawnByItsProviderOnly() public {
        (IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer) = signedOffer(7);
        vm.prank(stranger);
        court.withdrawOffer(7);
        assertTrue(!court.isOfferUsed(provider, 7), "another provider's");
        vm.expectEmit(address(court));
        emit ICourt.OfferWithdrawn(provider, 7);
        vm.prank(provider);
        court.withdrawOffer(7);
        expectRefused(job, offer, abi.encodeWithSelector(ICourt.OfferUsed.selector, provider, 7));
        vm.expectRevert(abi.encodeWithSelector(ICourt.OfferUsed.selector, provider, 7));
        vm.prank(provider);
        court.withdrawOffer(7);
    }

    function test_Offer_FitsItsTermsAndItsClientOnly() public {
        (IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer) = signedOffer(7);
        bytes memory refusal = invalidSignature(1);
        job.budget--;
        expectRefused(job, offer, refusal);
        job.budget++;
        offer.rules.threshold--;
        expectRefused(job, offer, refusal);
        offer.rules.threshold++;
        client = stranger;
        expectRefused(job, offer, refusal);
    }

    function test_Offer_NeedsItsSaltAndASaltNeedsAnOffer() public {
        ICourt.Proposal memory offer = proposal();
        offer.salt = 7;
        expectRefused(newCourtJob(offer.rules), offer, abi.encodeWithSelector(ICourt.UnexpectedSalt.selector, 1));
    }

    function test_Fund_RevertsWithoutConsentOrInTime() public {
        uint256 jobId = courtJob();
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Proposed));
        fund(jobId);
        accept(jobId);
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(submissionClosed(jobId));
        fund(jobId);
    }

    function test_Fund_OfAMilestoneWaitsForThePreviousOne() public {
        uint256 previous = submittedJob();
        ICourt.Proposal memory offer = proposal();
        offer.previousJobId = previous;
        uint256 jobId = acceptedJob(offer);
        vm.expectRevert(abi.encodeWithSelector(ICourt.PreviousJobNotCompleted.selector, jobId, previous));
        fund(jobId);
        validate(previous, 90);
        fund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
    }

    function test_Fund_OfAMilestoneNeverFollowsARefund() public {
        uint256 previous = submittedJob(proposal(rulesWithoutDisputes()));
        ICourt.Proposal memory offer = proposal();
        offer.previousJobId = previous;
        uint256 jobId = acceptedJob(offer);
        validate(previous, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.PreviousJobNotCompleted.selector, jobId, previous));
        fund(jobId);
    }

    function testFuzz_SetBudget_OfAnotherAmountVoidsTermsAndConsent(uint96 amount) public {
        vm.assume(amount != BUDGET && amount != 0);
        uint256 jobId = acceptedJob();
        vm.expectEmit(address(court));
        emit ICourt.TermsVoided(jobId, court.getAgreement(jobId).termsHash);
        vm.prank(provider);
        kernel.setBudget(jobId, amount, "");
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.None));
        vm.prank(client);
        kernel.fund(jobId, amount, "");
        // Setting the old amount again does not bring the consent back.
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, "");
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.None));
        fund(jobId);
    }

    function test_SetBudget_WithoutTermsChangesNothingHere() public {
        IAgenticCommerce.NewJob memory job = newCourtJob(defaultRules());
        uint256 jobId = create(job);
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET + 1, "");
        assertPhase(jobId, ICourt.Phase.None);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoTerms.selector, jobId));
        court.termsDigest(jobId);
    }

    function test_SetBudget_OfTheSameAmountKeepsTheConsent() public {
        uint256 jobId = acceptedJob();
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, "");
        fund(jobId);
    }

    function test_Propose_AgainVoidsTheConsentAndTheOldSignature() public {
        uint256 jobId = courtJob();
        bytes memory oldSignature = consent(jobId);
        court.accept(jobId, oldSignature);
        ICourt.Proposal memory stricter = proposal();
        stricter.rules.threshold = 100;
        bytes memory optParams = abi.encode(stricter);
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, optParams);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Proposed));
        fund(jobId);
        vm.expectRevert(invalidSignature(jobId));
        court.accept(jobId, oldSignature);
        accept(jobId);
        fund(jobId);
    }

    function test_Submit_UpToAndIncludingSubmitBy() public {
        uint256 jobId = fundedJob();
        vm.warp(SUBMIT_BY);
        vm.expectEmit(address(court));
        emit ICourt.DeliverableSubmitted(jobId, DELIVERABLE, "ipfs://result", SUBMIT_BY + 6 hours);
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, abi.encode("ipfs://result"));
        uint256 late = fundedLateJob();
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(submissionClosed(late));
        submit(late);
    }

    function test_Submit_RevertsWithALongURI() public {
        uint256 jobId = fundedJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.URITooLong.selector, 1_025));
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, abi.encode(string(new bytes(1_025))));
    }

    function testFuzz_Extend_OfTheDeliveryKeepsAllDisputesBeforeTheExpiry(uint48 submitBy) public {
        // Half of all cases near the bounds.
        if (submitBy % 2 == 0) submitBy = uint48(bound(submitBy, SUBMIT_BY - 60, EXPIRED_AT));
        uint256 jobId = fundedJob();
        uint48 expiredAt = EXPIRED_AT + 1 days;
        uint48 latest = expiredAt - uint48(court.getAgreement(jobId).tail);
        bytes memory optParams = abi.encode(submitBy);
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, expiredAt, optParams);
        bool fits = submitBy > SUBMIT_BY && submitBy <= latest;
        if (fits) {
            vm.expectEmit(address(court));
            emit ICourt.SubmissionExtended(jobId, submitBy);
        } else {
            vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, submitBy, latest));
        }
        vm.prank(client);
        kernel.extend(jobId, expiredAt, START + 60, optParams, "", byProvider);
        assertEq(court.getAgreement(jobId).submitBy, fits ? submitBy : SUBMIT_BY, "submitBy");
    }

    function test_Extend_OfTheExpiryAloneAtAnyTime() public {
        uint256 jobId = failedJob(proposal());
        extendBoth(jobId, EXPIRED_AT + 1, "");
        assertEq(kernel.getJob(jobId).expiredAt, EXPIRED_AT + 1, "expiredAt");
        vm.warp(START + 6 hours);
        settle(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
    }

    function test_Extend_OfTheDeliveryRevertsOnceDelivered() public {
        uint256 jobId = submittedJob();
        bytes memory optParams = abi.encode(SUBMIT_BY + 1);
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1, optParams);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Validating));
        vm.prank(client);
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, optParams, "", byProvider);
    }

    function test_Hooks_RevertForAnybodyButTheKernel() public {
        bytes4 selector = kernel.setBudget.selector;
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotKernel.selector, stranger));
        vm.prank(stranger);
        court.beforeAction(1, selector, "");
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotKernel.selector, stranger));
        vm.prank(stranger);
        court.afterAction(1, selector, "");
    }

    /// @dev The court as evaluator of a job with another hook never saw terms, so it decides nothing.
    function test_Validate_RevertsWhenTheCourtIsNotTheHook() public {
        IAgenticCommerce.NewJob memory job = newCourtJob(defaultRules());
        job.hook = address(new RecordingHook());
        uint256 jobId = courtJob(job, proposal());
        fund(jobId);
        submit(jobId);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoTerms.selector, jobId));
        vm.prank(validator);
        court.validate(jobId, terms, 90, 0, "");
    }

    function fundedLateJob() private returns (uint256 jobId) {
        vm.warp(START);
        jobId = fundedJob();
    }

    function extendBoth(uint256 jobId, uint48 expiredAt, bytes memory optParams) private {
        bytes memory byClient = extension(CLIENT_KEY, jobId, expiredAt, optParams);
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, expiredAt, optParams);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobExtended(jobId, expiredAt);
        kernel.extend(jobId, expiredAt, block.timestamp + 60, optParams, byClient, byProvider);
    }

    function signedOffer(uint256 salt)
        private
        view
        returns (IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer)
    {
        offer = proposal();
        job = newCourtJob(offer.rules);
        signOffer(job, offer, salt);
    }

    function invalidSignature(uint256 jobId) private view returns (bytes memory) {
        return abi.encodeWithSelector(ICourt.InvalidSignature.selector, jobId, provider);
    }

    function submissionClosed(uint256 jobId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, SUBMIT_BY);
    }
}
