// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Court} from "../src/Court.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev A reputation registry that refuses, or burns all gas it is given.
contract HostileRegistry {
    bool private immutable BURNS;

    constructor(bool burns) {
        BURNS = burns;
    }

    fallback() external {
        while (BURNS) {}
        revert("no");
    }
}

/// @dev A registry that needs most of the gas it may use.
contract HungryRegistry {
    uint256 public entries;

    fallback() external {
        uint256 start = gasleft();
        while (start - gasleft() < 400_000) {}
        entries++;
    }
}

/// @dev Validation, settlement and the feedback written afterwards.
contract CourtSettlementTest is Fixture {
    function test_Validate_RevertsForAnybodyButTheAgreedValidator() public {
        uint256 jobId = submittedJob();
        address[4] memory others = [client, provider, stranger, admin];
        for (uint256 i; i < others.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidator.selector, jobId, others[i]));
            vm.prank(others[i]);
            court.validate(jobId, 100, EVIDENCE, "");
        }
    }

    function test_Validate_RevertsTwice() public {
        uint256 jobId = submittedJob();
        validate(jobId, 10);
        vm.expectRevert(abi.encodeWithSelector(ICourt.AlreadyValidated.selector, jobId));
        validate(jobId, 90);
    }

    function test_Validate_RevertsUnlessSubmitted() public {
        uint256 jobId = fundedJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotSubmitted.selector, jobId));
        validate(jobId, 90);
    }

    function test_Validate_RevertsFromExpiryOn() public {
        uint256 jobId = submittedJob();
        vm.warp(EXPIRED_AT);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ValidationClosed.selector, jobId, EXPIRED_AT));
        validate(jobId, 90);
    }

    function testFuzz_Validate_RevertsAbove100(uint8 score) public {
        score = uint8(bound(score, 101, 255));
        uint256 jobId = submittedJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.ScoreTooHigh.selector, score));
        validate(jobId, score);
    }

    function test_Validate_RevertsWithALongURI() public {
        uint256 jobId = submittedJob();
        string memory uri = string(new bytes(1_025));
        vm.expectRevert(abi.encodeWithSelector(ICourt.URITooLong.selector, 1_025));
        vm.prank(validator);
        court.validate(jobId, 1, EVIDENCE, uri);
    }

    function testFuzz_Settle_PaysFromTheThresholdOnAndRefundsBelow(uint8 threshold, uint8 score) public {
        threshold = uint8(bound(threshold, 0, 100));
        score = uint8(bound(score, 0, 100));
        ICourt.Proposal memory terms = proposal();
        terms.threshold = threshold;
        uint256 jobId = courtJob(terms);
        accept(jobId);
        fund(jobId);
        submit(jobId);
        validate(jobId, score);
        bool pass = score >= threshold;
        bytes32 reason = reasonOf(jobId, score);
        vm.expectEmit(address(kernel));
        if (pass) emit IAgenticCommerce.JobCompleted(jobId, address(court), reason);
        else emit IAgenticCommerce.JobRejected(jobId, address(court), reason);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, pass, score, reason, false);
        vm.prank(stranger);
        court.settle(jobId);
        if (pass) assertBalances(900e6, BUDGET);
        else assertBalances(1_000e6, 0);
    }

    function test_Settle_RevertsBeforeValidation() public {
        uint256 jobId = submittedJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidated.selector, jobId));
        court.settle(jobId);
    }

    function test_Settle_RevertsTwice() public {
        uint256 jobId = submittedJob();
        validateAndSettle(jobId, 80);
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Completed));
        court.settle(jobId);
        assertBalances(900e6, BUDGET);
    }

    function test_Settle_AfterExpiryWorksUntilTheRefundIsClaimed() public {
        uint256 jobId = submittedJob();
        validate(jobId, 80);
        vm.warp(EXPIRED_AT + 1);
        court.settle(jobId);
        assertBalances(900e6, BUDGET);
    }

    function test_Silence_RefundsTheClientAtExpiry() public {
        uint256 jobId = submittedJob();
        vm.warp(EXPIRED_AT);
        vm.prank(stranger);
        kernel.claimRefund(jobId);
        assertBalances(1_000e6, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotSubmitted.selector, jobId));
        validate(jobId, 100);
    }

    function test_Feedback_IsWrittenForACompletedJob() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        vm.expectEmit(address(reputation));
        bytes32 reason = reasonOf(jobId, 88);
        emitFeedback(agentId, 88, "completed", reason);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, true, 88, reason, true);
        validateAndSettle(jobId, 88);
        assertFeedback(agentId, 88, "completed");
    }

    function test_Feedback_IsWrittenForARejectedJob() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        validate(jobId, 12);
        vm.expectEmit(address(reputation));
        emitFeedback(agentId, 12, "rejected", reasonOf(jobId, 12));
        court.settle(jobId);
        assertFeedback(agentId, 12, "rejected");
    }

    function test_Feedback_IsNotWrittenWithoutAnAgentId() public {
        vm.prank(provider);
        identity.register();
        validateAndSettle(submittedJob(), 88);
        assertEq(reputation.getLastIndex(0, address(court)), 0, "entries");
    }

    function test_Feedback_IsNotWrittenForAnExpiredJob() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "entries");
    }

    function test_Settle_SucceedsWhenTheRegistryRefuses() public {
        (uint256 jobId,) = submittedAgentJob();
        // The provider makes the court its operator, so the registry refuses its feedback.
        vm.prank(provider);
        identity.setApprovalForAll(address(court), true);
        expectSettledWithoutFeedback(jobId);
    }

    function test_Settle_SucceedsWhenTheRegistryReverts() public {
        (uint256 jobId,) = submittedAgentJob();
        vm.etch(address(reputation), address(new HostileRegistry(false)).code);
        expectSettledWithoutFeedback(jobId);
    }

    function test_Settle_SucceedsWhenTheRegistryBurnsGas() public {
        (uint256 jobId,) = submittedAgentJob();
        vm.etch(address(reputation), address(new HostileRegistry(true)).code);
        uint256 start = gasleft();
        expectSettledWithoutFeedback(jobId);
        assertTrue(start - gasleft() < court.FEEDBACK_GAS() + 300_000, "the burn is bounded");
    }

    function test_Settle_SucceedsWhenTheRegistryIsAbsent() public {
        (uint256 jobId,) = submittedAgentJob();
        vm.etch(address(reputation), "");
        expectSettledWithoutFeedback(jobId);
    }

    /// @dev Whoever settles cannot lose an unwelcome entry by sending too little gas: it is written or all reverts.
    function testFuzz_Settle_CannotBeStarvedOfTheGasForFeedback(uint256 gas) public {
        HungryRegistry hungry = new HungryRegistry();
        court = new Court(address(kernel), address(identity), address(hungry));
        (uint256 jobId,) = submittedAgentJob();
        validate(jobId, 0);
        gas = bound(gas, 50_000, 1_200_000);
        vm.prank(provider);
        (bool ok,) = address(court).call{gas: gas}(abi.encodeCall(court.settle, (jobId)));
        assertEq(hungry.entries(), ok ? 1 : 0, "entries");
    }

    function test_Feedback_WithTheLongestURIFitsItsGas() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        string memory uri = string(new bytes(court.MAX_EVIDENCE_URI_BYTES()));
        vm.prank(validator);
        court.validateAndSettle(jobId, 50, EVIDENCE, uri);
        assertEq(reputation.getLastIndex(agentId, address(court)), 1, "entries");
    }

    function expectSettledWithoutFeedback(uint256 jobId) private {
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, true, 90, reasonOf(jobId, 90), false);
        validateAndSettle(jobId, 90);
        assertBalances(900e6, BUDGET);
    }

    function emitFeedback(uint256 agentId, int128 value, string memory tag2, bytes32 reason) private {
        emit NewFeedback(
            agentId, address(court), 1, value, 0, "bonafide.job", "bonafide.job", tag2, "", EVIDENCE_URI, reason
        );
    }

    function assertFeedback(uint256 agentId, int128 expected, string memory expectedTag2) private view {
        (int128 value, uint8 decimals, string memory tag1, string memory tag2, bool isRevoked) =
            reputation.readFeedback(agentId, address(court), 1);
        assertTrue(value == expected && decimals == 0 && !isRevoked, "value");
        assertEq(bytes(tag1), "bonafide.job", "tag1");
        assertEq(bytes(tag2), bytes(expectedTag2), "tag2");
    }

    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );
}
