// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IPayouts} from "../src/interfaces/IPayouts.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileToken} from "./support/HostileToken.sol";

/// @dev Scores, silence, money of validators, and what the disputes contract may do.
contract CourtSettlementTest is Fixture {
    function test_Validate_RevertsForAnybodyButAnAgreedValidator() public {
        uint256 jobId = submittedJob();
        address[5] memory others = [client, provider, stranger, admin, address(disputes)];
        for (uint256 i; i < others.length; i++) {
            expectRefused(jobId, others[i], 100, abi.encodeWithSelector(ICourt.NotValidator.selector, jobId, others[i]));
        }
    }

    function test_Validate_RevertsTwice() public {
        uint256 jobId = submittedJob(proposal(panelRules(3, 2)));
        address first = vm.addr(1);
        validateAs(first, jobId, 10);
        expectRefused(jobId, first, 90, abi.encodeWithSelector(ICourt.AlreadyValidated.selector, jobId, first));
    }

    function test_Validate_RevertsUnlessDelivered() public {
        uint256 jobId = fundedJob();
        expectRefused(jobId, validator, 90, notInPhase(jobId, ICourt.Phase.Accepted));
    }

    function test_Validate_RevertsWhenTheWindowIsOver() public {
        uint256 jobId = submittedJob();
        vm.warp(START + 6 hours);
        expectRefused(
            jobId, validator, 90, abi.encodeWithSelector(ICourt.ValidationClosed.selector, jobId, START + 6 hours)
        );
        vm.warp(START + 6 hours - 1);
        validate(jobId, 90);
    }

    function testFuzz_Validate_RevertsAbove100(uint8 score) public {
        score = uint8(bound(score, 101, 255));
        uint256 jobId = submittedJob();
        expectRefused(jobId, validator, score, abi.encodeWithSelector(ICourt.ScoreTooHigh.selector, score));
    }

    function test_Validate_RevertsWithALongURI() public {
        uint256 jobId = submittedJob();
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.URITooLong.selector, 1_025));
        vm.prank(validator);
        court.validate(jobId, terms, 1, EVIDENCE, string(new bytes(1_025)));
    }

    function test_Validate_RevertsWithOtherTerms() public {
        uint256 jobId = submittedJob();
        ICourt.Terms memory terms = termsOf(jobId);
        (terms.rules.threshold, terms.rules.validators) = (0, panelOf(stranger));
        bytes memory refusal = abi.encodePacked(ICourt.TermsMismatch.selector);
        vm.prank(stranger);
        (bool ok, bytes memory reason) = address(court).call(abi.encodeCall(court.validate, (jobId, terms, 0, 0, "")));
        assertTrue(!ok && bytes4(reason) == bytes4(refusal), "refused");
    }

    function test_Validate_RevertsOnceBothHaveCancelled() public {
        uint256[2] memory jobs = [submittedJob(), submittedJob(proposal(panelRules(3, 2)))];
        for (uint256 i; i < 2; i++) {
            bytes memory byProvider = cancellation(PROVIDER_KEY, jobs[i], 0);
            vm.prank(client);
            kernel.cancel(jobs[i], 0, START + 60, "", byProvider);
            address judge = termsOf(jobs[i]).rules.validators[0];
            expectRefused(jobs[i], judge, 90, notInStatus(jobs[i], IAgenticCommerce.JobStatus.Rejected));
            expectRefused(jobs[i], judge, 0, notInStatus(jobs[i], IAgenticCommerce.JobStatus.Rejected));
        }
    }

    /// @dev Every panel, every threshold, every order of scores: the job ends as soon as the votes decide it.
    function testFuzz_Validate_DecidesAsSoonAsItIsOutOfReach(uint8 size, uint8 required, uint8 threshold, uint256 seed)
        public
    {
        size = uint8(bound(size, 1, 7));
        required = uint8(bound(required, 1, size));
        ICourt.Rules memory rules = rulesWithoutDisputes();
        (rules.validators, rules.requiredPasses) = (panelOf(size, 1), required);
        rules.threshold = uint8(bound(threshold, 0, 100));
        uint256 jobId = submittedJob(proposal(rules));
        uint256 passes;
        uint256 votes;
        while (passes < required && votes - passes + required <= size) {
            assertStatus(jobId, IAgenticCommerce.JobStatus.Submitted);
            uint8 score = uint8(uint256(keccak256(abi.encode(seed, votes))) % 101);
            if (score >= rules.threshold) passes++;
            validateAs(rules.validators[votes++], jobId, score);
        }
        bool passed = passes == required;
        assertStatus(jobId, passed ? IAgenticCommerce.JobStatus.Completed : IAgenticCommerce.JobStatus.Rejected);
        uint256 fees = votes * VALIDATOR_FEE;
        assertBalances(CLIENT_FUNDS - fees - (passed ? BUDGET : 0), passed ? BUDGET : 0);
        for (uint256 i; i < size; i++) {
            assertEq(usdc.balanceOf(rules.validators[i]), i < votes ? VALIDATOR_FEE : 0, "validator");
        }
        assertEq(usdc.balanceOf(address(court)) + usdc.balanceOf(address(kernel)), 0, "nothing stays");
    }

    function test_Validate_SettlesWithTheEvidenceOfTheDecidingValidator() public {
        uint256 jobId = submittedJob(proposal(panelRules(3, 2)));
        validateAs(vm.addr(1), jobId, 75);
        vm.expectEmit(address(court));
        emit ICourt.Validated(jobId, vm.addr(3), 100, true, EVIDENCE, EVIDENCE_URI);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, ICourt.Resolution.Passed, BUDGET, 87, EVIDENCE);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobCompleted(jobId, address(court), EVIDENCE);
        validateAs(vm.addr(3), jobId, 100);
        assertPhase(jobId, ICourt.Phase.Settled);
    }

    function test_Fail_OpensTheDisputeWindowAndThenRefunds() public {
        uint256 jobId = submittedJob();
        vm.warp(START + 1 hours);
        vm.expectEmit(address(court));
        emit ICourt.ValidationFailed(jobId, START + 7 hours);
        validate(jobId, 69);
        assertPhase(jobId, ICourt.Phase.Failed);
        expectNotDecided(jobId, START + 7 hours);
        vm.warp(START + 7 hours);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, ICourt.Resolution.Failed, 0, 69, 0);
        settle(jobId);
        assertBalances(CLIENT_FUNDS - VALIDATOR_FEE, 0);
    }

    function testFuzz_Silence_DividesAsAgreedAfterTheDisputeWindow(uint8 percent, bool disputable) public {
        percent = uint8(bound(percent, 0, 100));
        ICourt.Rules memory rules = disputable ? defaultRules() : rulesWithoutDisputes();
        rules.silencePercent = percent;
        uint256 jobId = submittedJob(proposal(rules));
        uint48 until = START + (disputable ? 12 hours : 6 hours);
        expectNotDecided(jobId, until);
        vm.warp(until);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, ICourt.Resolution.Silence, (BUDGET * percent) / 100, 0, 0);
        settle(jobId);
        uint256 amount = (BUDGET * percent) / 100;
        assertBalances(CLIENT_FUNDS - amount, amount);
    }

    function test_Silence_PaysTheValidatorsThatDidScore() public {
        uint256 jobId = submittedJob(proposal(panelRules(3, 2)));
        validateAs(vm.addr(2), jobId, 100);
        vm.warp(START + 12 hours);
        vm.expectEmit(address(court));
        emit ICourt.ValidatorPaid(jobId, vm.addr(2), VALIDATOR_FEE);
        settle(jobId);
        assertEq(usdc.balanceOf(vm.addr(2)), VALIDATOR_FEE, "validator");
        assertBalances(CLIENT_FUNDS - BUDGET / 2 - VALIDATOR_FEE, BUDGET / 2);
    }

    function test_Silence_OfATinyBudgetRoundsToTheClient() public {
        ICourt.Rules memory rules = rulesWithoutDisputes();
        IAgenticCommerce.NewJob memory job = newCourtJob(rules);
        job.budget = 1;
        uint256 jobId = courtJob(job, proposal(rules));
        accept(jobId);
        vm.prank(client);
        kernel.fund(jobId, 1, "");
        submit(jobId);
        vm.warp(START + 6 hours);
        settle(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
    }

    function test_Settle_RefundsWhatCanNoLongerBeDelivered() public {
        uint256 jobId = fundedJob();
        vm.warp(SUBMIT_BY);
        expectNotDecided(jobId, SUBMIT_BY + 1);
        vm.warp(SUBMIT_BY + 1);
        vm.expectEmit(address(court));
        emit ICourt.Settled(jobId, ICourt.Resolution.Undelivered, 0, 0, 0);
        settle(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
        assertPhase(jobId, ICourt.Phase.Settled);
        assertBalances(CLIENT_FUNDS, 0);
    }

    function test_Settle_RefundsNothingThatWasExtendedOrNotFunded() public {
        uint256 jobId = acceptedJob();
        ICourt.Terms memory terms = termsOf(jobId);
        vm.warp(SUBMIT_BY + 1);
        vm.expectRevert(unauthorized(jobId, address(court)));
        court.settle(jobId, terms);
    }

    function test_Settle_RevertsBeforeDeliveryAndTwice() public {
        uint256 jobId = fundedJob();
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, SUBMIT_BY + 1));
        court.settle(jobId, terms);
        submit(jobId);
        validate(jobId, 80);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Settled));
        court.settle(jobId, terms);
    }

    function test_Settle_AfterExpiryWorksUntilTheRefundIsClaimed() public {
        uint256 jobId = submittedJob();
        uint256 refunded = submittedJob();
        vm.warp(EXPIRED_AT + 1);
        settle(jobId);
        assertBalances(CLIENT_FUNDS - BUDGET / 2 - BUDGET - VALIDATOR_FEE, BUDGET / 2);
        kernel.claimRefund(refunded);
        ICourt.Terms memory terms = termsOf(refunded);
        vm.expectRevert(notInStatus(refunded, IAgenticCommerce.JobStatus.Expired));
        court.settle(refunded, terms);
    }

    function test_BeginDispute_OfAFailByTheProviderOnly() public {
        uint256 jobId = failedJob(proposal());
        expectDisputeRefused(jobId, false, abi.encodeWithSelector(ICourt.NotDisputable.selector, jobId));
        vm.warp(START + 6 hours);
        expectDisputeRefused(jobId, true, abi.encodeWithSelector(ICourt.DisputeClosed.selector, jobId, START + 6 hours));
        vm.warp(START + 6 hours - 1);
        assertEq(beginDispute(jobId, true), 0, "percent");
        assertPhase(jobId, ICourt.Phase.Disputed);
        expectDisputeRefused(jobId, true, notInPhase(jobId, ICourt.Phase.Disputed));
    }

    function testFuzz_BeginDispute_OfSilenceByASideThatDoesNotGetEverything(uint8 percent, bool byProvider) public {
        percent = uint8(bound(percent, 0, 3)) == 0 ? 0 : uint8(bound(percent, 0, 100));
        ICourt.Rules memory rules = defaultRules();
        rules.silencePercent = percent;
        uint256 jobId = submittedJob(proposal(rules));
        vm.warp(START + 6 hours - 1);
        if (byProvider ? percent < 100 : percent > 0) {
            expectDisputeRefused(
                jobId, byProvider, abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, START + 6 hours)
            );
            vm.warp(START + 12 hours);
            expectDisputeRefused(
                jobId, byProvider, abi.encodeWithSelector(ICourt.DisputeClosed.selector, jobId, START + 12 hours)
            );
            vm.warp(START + 6 hours);
            assertEq(beginDispute(jobId, byProvider), percent, "percent");
        } else {
            vm.warp(START + 6 hours);
            expectDisputeRefused(jobId, byProvider, abi.encodeWithSelector(ICourt.NotDisputable.selector, jobId));
        }
    }

    function test_BeginDispute_RevertsWithoutADisputeWindowOrAJob() public {
        uint256 jobId = submittedJob(proposal(rulesWithoutDisputes()));
        vm.warp(START + 6 hours);
        expectDisputeRefused(jobId, true, abi.encodeWithSelector(ICourt.NotDisputable.selector, jobId));
        vm.warp(START);
        uint256 cancelled = failedJob(proposal());
        bytes memory byProvider = cancellation(PROVIDER_KEY, cancelled, 0);
        vm.prank(client);
        kernel.cancel(cancelled, 0, START + 60, "", byProvider);
        expectDisputeRefused(cancelled, true, notInStatus(cancelled, IAgenticCommerce.JobStatus.Rejected));
    }

    function testFuzz_EndDispute_DividesAsRuled(uint8 percent) public {
        percent = uint8(bound(percent, 0, 100));
        uint256 jobId = failedJob(proposal());
        beginDispute(jobId, true);
        endDispute(jobId, percent, ICourt.Resolution.Arbitration);
        uint256 amount = (BUDGET * percent) / 100;
        assertBalances(CLIENT_FUNDS - VALIDATOR_FEE - amount, amount);
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "validator");
    }

    function test_EndDispute_RevertsForAnybodyElseAndOutsideADispute() public {
        uint256 jobId = failedJob(proposal());
        ICourt.Terms memory terms = termsOf(jobId);
        bytes memory refusal = abi.encodeWithSelector(ICourt.NotDisputes.selector, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        court.beginDispute(jobId, terms, true);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        court.endDispute(jobId, terms, 100, ICourt.Resolution.Arbitration, 0);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Failed));
        vm.prank(address(disputes));
        court.endDispute(jobId, terms, 100, ICourt.Resolution.Arbitration, 0);
        beginDispute(jobId, true);
        vm.expectRevert(abi.encodeWithSelector(ICourt.PercentTooHigh.selector, 101));
        vm.prank(address(disputes));
        court.endDispute(jobId, terms, 101, ICourt.Resolution.Arbitration, 0);
        // While disputed nobody else settles it.
        vm.warp(START + 4 days);
        vm.expectRevert(notInPhase(jobId, ICourt.Phase.Disputed));
        court.settle(jobId, terms);
    }

    function test_ValidatorFee_WaitsForABlacklistedValidator() public {
        uint256 jobId = submittedJob();
        usdc.blacklist(validator);
        vm.expectEmit(address(court));
        emit IPayouts.PayoutDeferred(jobId, validator, VALIDATOR_FEE);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(validator);
        court.validate(jobId, terms, 90, EVIDENCE, "");
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
        usdc.unBlacklist(validator);
        vm.prank(validator);
        court.withdraw();
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "later");
    }

    function test_ValidatorFee_WaitsWhenTheTokenRefusesTheCourt() public {
        uint256 jobId = submittedJob();
        usdc.blacklist(address(court));
        validate(jobId, 90);
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
        assertEq(kernel.withdrawable(address(court)), VALIDATOR_FEE, "in the kernel");
        usdc.unBlacklist(address(court));
        vm.prank(validator);
        court.withdraw();
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "later");
    }

    function test_ValidatorFee_MayBeNothing() public {
        ICourt.Rules memory rules = defaultRules();
        rules.validatorFee = 0;
        validate(submittedJob(proposal(rules)), 90);
        assertBalances(CLIENT_FUNDS - BUDGET, BUDGET);
    }

    function test_Payouts_CannotBeReenteredByTheToken() public {
        HostileToken token = new HostileToken();
        deployWith(token, address(identity), address(reputation));
        uint256 jobId = submittedJob();
        uint256 other = submittedJob();
        vm.warp(START + 12 hours);
        token.callBackWith(address(court), abi.encodeCall(court.settle, (other, termsOf(other))));
        settle(jobId);
        assertPhase(other, ICourt.Phase.Validating);
        assertEq(
            bytes32(token.refusal()),
            bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "refused by the guard"
        );
    }

    function panelRules(uint256 size, uint8 required) private view returns (ICourt.Rules memory rules) {
        rules = defaultRules();
        (rules.validators, rules.requiredPasses) = (panelOf(size, 1), required);
    }

    function beginDispute(uint256 jobId, bool byProvider) private returns (uint8) {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(address(disputes));
        return court.beginDispute(jobId, terms, byProvider);
    }

    function endDispute(uint256 jobId, uint8 percent, ICourt.Resolution resolution) private {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(address(disputes));
        court.endDispute(jobId, terms, percent, resolution, EVIDENCE);
    }

    function expectDisputeRefused(uint256 jobId, bool byProvider, bytes memory refusal) private {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(refusal);
        vm.prank(address(disputes));
        court.beginDispute(jobId, terms, byProvider);
    }

    function expectRefused(uint256 jobId, address judge, uint8 score, bytes memory refusal) private {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(refusal);
        vm.prank(judge);
        court.validate(jobId, terms, score, EVIDENCE, "");
    }

    function expectNotDecided(uint256 jobId, uint48 until) private {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, until));
        court.settle(jobId, terms);
    }
}
