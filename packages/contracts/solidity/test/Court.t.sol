// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
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

/// @dev Terms, consent and what the court lets the kernel do.
contract CourtTest is Fixture {
    function test_Propose_StoresTheTypedHashOfTheWholeTerms() public {
        ICourt.Terms memory terms = ICourt.Terms(
            1, client, provider, validator, 70, BUDGET, SUBMIT_BY, EXPIRED_AT, keccak256("spec"), false, 0
        );
        bytes32 termsHash = keccak256(abi.encode(court.TERMS_TYPEHASH(), terms));
        vm.expectEmit(address(court));
        emit ICourt.TermsProposed(1, termsHash, terms);
        uint256 jobId = courtJob();
        ICourt.Agreement memory agreement = court.getAgreement(jobId);
        assertEq(agreement.termsHash, termsHash, "termsHash");
        assertEq(agreement.validator, validator, "validator");
        assertEq(agreement.threshold, 70, "threshold");
        assertTrue(!agreement.accepted, "not accepted");
    }

    function test_Propose_RevertsForTheProvider() public {
        uint256 jobId = courtJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotProposer.selector, jobId, provider));
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, abi.encode(proposal()));
    }

    function test_Propose_RevertsWhenTheCourtIsNotTheEvaluator() public {
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotEvaluatorAndHook.selector, 1));
        vm.prank(client);
        kernel.createJobWithBudget(provider, stranger, EXPIRED_AT, "", address(court), BUDGET, abi.encode(proposal()));
    }

    function test_Propose_RevertsWhenTwoRolesAreOnePerson() public {
        address[3] memory validators = [client, provider, address(0)];
        for (uint256 i; i < validators.length; i++) {
            ICourt.Proposal memory terms = proposal();
            terms.validator = validators[i];
            expectRefusedProposal(terms, abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1));
        }
        vm.expectRevert(abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1));
        vm.prank(client);
        kernel.createJobWithBudget(
            client, address(court), EXPIRED_AT, "", address(court), BUDGET, abi.encode(proposal())
        );
    }

    function test_Propose_RevertsWithoutAProvider() public {
        vm.expectRevert(abi.encodeWithSelector(ICourt.PartiesNotDistinct.selector, 1));
        vm.prank(client);
        kernel.createJobWithBudget(
            address(0), address(court), EXPIRED_AT, "", address(court), BUDGET, abi.encode(proposal())
        );
    }

    function testFuzz_Propose_RevertsWhenThresholdIsAbove100(uint8 threshold) public {
        threshold = uint8(bound(threshold, 101, 255));
        ICourt.Proposal memory terms = proposal();
        terms.threshold = threshold;
        expectRefusedProposal(terms, abi.encodeWithSelector(ICourt.ThresholdTooHigh.selector, threshold));
    }

    function test_Propose_RevertsWhenSubmitByLeavesNoTime() public {
        uint48[3] memory times = [START, EXPIRED_AT, EXPIRED_AT + 1];
        for (uint256 i; i < times.length; i++) {
            ICourt.Proposal memory terms = proposal();
            terms.submitBy = times[i];
            expectRefusedProposal(terms, abi.encodeWithSelector(ICourt.InvalidSubmitBy.selector, times[i], EXPIRED_AT));
        }
    }

    function test_Propose_RevertsWithAnAgentIdThatDoesNotCount() public {
        ICourt.Proposal memory terms = proposal();
        terms.providerAgentId = 5;
        expectRefusedProposal(terms, abi.encodeWithSelector(ICourt.UnexpectedAgentId.selector, 5));
    }

    function test_Accept_ByAnyoneWhoHoldsTheSignature() public {
        uint256 jobId = courtJob();
        bytes memory signature = consent(jobId);
        vm.expectEmit(address(court));
        emit ICourt.TermsAccepted(jobId, provider, court.getAgreement(jobId).termsHash);
        vm.prank(stranger);
        court.accept(jobId, signature);
        assertTrue(court.getAgreement(jobId).accepted, "accepted");
    }

    function test_Accept_RevertsWithAnybodyElsesSignature() public {
        uint256 jobId = courtJob();
        bytes memory signature = signed(CLIENT_KEY, court.termsDigest(jobId));
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSignature.selector, jobId, provider));
        court.accept(jobId, signature);
    }

    function test_Accept_RevertsWithASignatureOverAnotherJob() public {
        uint256 first = courtJob();
        uint256 second = courtJob();
        bytes memory signature = consent(first);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSignature.selector, second, provider));
        court.accept(second, signature);
    }

    function test_Accept_RevertsTwice() public {
        uint256 jobId = acceptedJob();
        bytes memory signature = consent(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.AlreadyAccepted.selector, jobId));
        court.accept(jobId, signature);
    }

    function test_Accept_RevertsWithoutTerms() public {
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoTerms.selector, 1));
        court.accept(1, "");
    }

    function test_Accept_RevertsOnceDeliveryWouldBeTooLate() public {
        uint256 jobId = courtJob();
        bytes memory signature = consent(jobId);
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, SUBMIT_BY));
        court.accept(jobId, signature);
    }

    function test_Accept_TakesASmartWallet() public {
        SmartWallet wallet = new SmartWallet();
        provider = address(wallet);
        uint256 jobId = courtJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSignature.selector, jobId, provider));
        court.accept(jobId, "");
        wallet.approve(court.termsDigest(jobId));
        court.accept(jobId, "");
        assertTrue(court.getAgreement(jobId).accepted, "accepted");
    }

    function test_Accept_TakesTheAgentsOwnerAndItsIdMayBeZero() public {
        (, uint256 agentId) = submittedAgentJob();
        assertEq(agentId, 0, "the first id of the registry");
    }

    function test_Accept_TakesTheAgentsWallet() public {
        vm.prank(stranger);
        uint256 agentId = identity.register();
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
                agentId,
                provider,
                stranger,
                START + 60
            )
        );
        bytes memory signature = signed(PROVIDER_KEY, registryDigest(structHash));
        vm.prank(stranger);
        identity.setAgentWallet(agentId, provider, START + 60, signature);
        uint256 jobId = agentJob(agentId);
        accept(jobId);
        assertTrue(court.getAgreement(jobId).accepted, "accepted");
    }

    function test_Accept_RevertsForSomebodyElsesAgent() public {
        vm.prank(stranger);
        uint256 agentId = identity.register();
        uint256 jobId = agentJob(agentId);
        bytes memory signature = consent(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAgentOwnerOrWallet.selector, agentId, provider));
        court.accept(jobId, signature);
    }

    function test_Accept_RevertsForAnAgentThatDoesNotExist() public {
        uint256 jobId = agentJob(9);
        bytes memory signature = consent(jobId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        court.accept(jobId, signature);
    }

    function test_Fund_RevertsWithoutConsent() public {
        uint256 jobId = courtJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAccepted.selector, jobId));
        fund(jobId);
    }

    function test_Fund_RevertsWhenDeliveryWouldBeTooLate() public {
        uint256 jobId = acceptedJob();
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, SUBMIT_BY));
        fund(jobId);
    }

    function testFuzz_SetBudget_OfAnotherAmountVoidsTermsAndConsent(uint96 amount) public {
        vm.assume(amount != BUDGET && amount != 0);
        uint256 jobId = acceptedJob();
        vm.expectEmit(address(court));
        emit ICourt.TermsVoided(jobId, court.getAgreement(jobId).termsHash);
        vm.prank(provider);
        kernel.setBudget(jobId, amount, "");
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAccepted.selector, jobId));
        vm.prank(client);
        kernel.fund(jobId, amount, "");
        // Setting the old amount again does not bring the consent back.
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, "");
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAccepted.selector, jobId));
        fund(jobId);
    }

    function test_SetBudget_OfTheSameAmountKeepsTheConsent() public {
        uint256 jobId = acceptedJob();
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, "");
        fund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
    }

    function test_Propose_AgainVoidsTheConsentAndTheOldSignature() public {
        uint256 jobId = courtJob();
        bytes memory oldSignature = consent(jobId);
        court.accept(jobId, oldSignature);
        ICourt.Proposal memory stricter = proposal();
        stricter.threshold = 100;
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, abi.encode(stricter));
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAccepted.selector, jobId));
        fund(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidSignature.selector, jobId, provider));
        court.accept(jobId, oldSignature);
        accept(jobId);
        fund(jobId);
    }

    function test_Submit_UpToAndIncludingSubmitBy() public {
        uint256 jobId = fundedJob();
        vm.warp(SUBMIT_BY);
        vm.expectEmit(address(court));
        emit ICourt.DeliverableSubmitted(jobId, DELIVERABLE, "ipfs://result");
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, abi.encode("ipfs://result"));
    }

    function test_Submit_RevertsAfterSubmitBy() public {
        uint256 jobId = fundedJob();
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, SUBMIT_BY));
        submit(jobId);
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

    function test_Reject_ByClientWhileOpenIsNotBlocked() public {
        uint256 jobId = acceptedJob();
        vm.prank(client);
        kernel.reject(jobId, 0, "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
    }

    /// @dev The court as evaluator of a job with another hook never saw terms, so it decides nothing.
    function test_Validate_RevertsWhenTheCourtIsNotTheHook() public {
        RecordingHook other = new RecordingHook();
        vm.prank(client);
        uint256 jobId = kernel.createJobWithBudget(
            provider, address(court), EXPIRED_AT, "", address(other), BUDGET, abi.encode(proposal())
        );
        fund(jobId);
        submit(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoTerms.selector, jobId));
        validate(jobId, 100);
    }

    function agentJob(uint256 agentId) private returns (uint256) {
        ICourt.Proposal memory terms = proposal();
        (terms.hasAgentId, terms.providerAgentId) = (true, agentId);
        return courtJob(terms);
    }

    function registryDigest(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ERC8004IdentityRegistry"),
                keccak256("1"),
                block.chainid,
                address(identity)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function expectRefusedProposal(ICourt.Proposal memory terms, bytes memory refusal) private {
        bytes memory optParams = abi.encode(terms);
        vm.expectRevert(refusal);
        vm.prank(client);
        kernel.createJobWithBudget(provider, address(court), EXPIRED_AT, "court", address(court), BUDGET, optParams);
    }
}
