// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev ERC-8183, one test per normative sentence, function by function; those about hooks are in
/// `AgenticCommerceHooks.t.sol`. Where the kernel is stricter than the standard, or adds to it, a test says so:
/// expiries at most a year ahead, hooks with code only, no funding or delivery after the expiry, the pause that moves
/// deadlines, the agent's wallet that may deliver, and ends that both parties sign
/// (`AgenticCommerceConsent.t.sol`), which complete a job that is only Funded.
contract Erc8183ConformanceTest is Fixture {
    uint256 private constant LATEST = uint256(START) + 365 days;

    function test_CreateJob_StoresEveryFieldAndEmits() public {
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobCreated(1, client, provider, evaluator, EXPIRED_AT);
        vm.prank(client);
        uint256 jobId = kernel.createJob(provider, evaluator, EXPIRED_AT, "brief", address(court));

        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        assertEq(jobId, 1, "ids start at 1");
        assertEq(job.client, client, "client");
        assertEq(job.provider, provider, "provider");
        assertEq(job.evaluator, evaluator, "evaluator");
        assertEq(job.hook, address(court), "hook");
        assertEq(job.expiredAt, EXPIRED_AT, "expiredAt");
        assertEq(job.budget, 0, "budget");
        assertEq(bytes(kernel.getDescription(jobId)), "brief", "description");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Open);
    }

    function test_CreateJob_AllowsZeroProviderClientAsEvaluatorAndAYear() public {
        vm.prank(client);
        uint256 jobId = kernel.createJob(address(0), client, LATEST, "", address(0));
        assertEq(kernel.getJob(jobId).provider, address(0), "provider");
    }

    function test_CreateJob_RevertsWhenEvaluatorIsZero() public {
        vm.expectRevert(IAgenticCommerce.ZeroEvaluator.selector);
        kernel.createJob(provider, address(0), EXPIRED_AT, "", address(0));
    }

    function testFuzz_CreateJob_RevertsWhenExpiryIsNotInTheFuture(uint256 expiredAt) public {
        expiredAt = bound(expiredAt, 0, START);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryNotInFuture.selector, expiredAt));
        kernel.createJob(provider, evaluator, expiredAt, "", address(0));
    }

    function testFuzz_CreateJob_RevertsWhenExpiryIsMoreThanAYearAhead(uint256 expiredAt) public {
        expiredAt = bound(expiredAt, LATEST + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryTooFar.selector, expiredAt, LATEST));
        kernel.createJob(provider, evaluator, expiredAt, "", address(0));
    }

    function test_CreateJob_RevertsWhenHookHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.HookWithoutCode.selector, stranger));
        kernel.createJob(provider, evaluator, EXPIRED_AT, "", stranger);
    }

    function test_GetJob_RevertsWhenThereIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotFound.selector, 0));
        kernel.getJob(0);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotFound.selector, 7));
        kernel.getDescription(7);
    }

    function test_SetProvider_SetsAndEmits() public {
        uint256 jobId = jobWithoutProvider();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.ProviderSet(jobId, provider);
        vm.prank(client);
        kernel.setProvider(jobId, provider, "");
        assertEq(kernel.getJob(jobId).provider, provider, "provider");
    }

    function test_SetProvider_RevertsWhenCallerIsNotClient() public {
        uint256 jobId = jobWithoutProvider();
        vm.expectRevert(unauthorized(jobId, stranger));
        vm.prank(stranger);
        kernel.setProvider(jobId, provider, "");
    }

    function test_SetProvider_RevertsWhenAlreadySet() public {
        uint256 jobId = plainJob();
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ProviderAlreadySet.selector, jobId));
        vm.prank(client);
        kernel.setProvider(jobId, stranger, "");
    }

    function test_SetProvider_RevertsWhenZero() public {
        uint256 jobId = jobWithoutProvider();
        vm.expectRevert(IAgenticCommerce.ZeroProvider.selector);
        vm.prank(client);
        kernel.setProvider(jobId, address(0), "");
    }

    function test_SetProvider_RevertsWhenNotOpen() public {
        uint256 jobId = jobWithoutProvider();
        vm.prank(client);
        kernel.reject(jobId, 0, "");
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Rejected));
        vm.prank(client);
        kernel.setProvider(jobId, provider, "");
    }

    function testFuzz_SetBudget_IsOpenToClientAndProvider(uint96 first, uint96 second) public {
        uint256 jobId = plainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.BudgetSet(jobId, first);
        vm.prank(client);
        kernel.setBudget(jobId, first, "");
        assertEq(kernel.getJob(jobId).budget, first, "by client");
        vm.prank(provider);
        kernel.setBudget(jobId, second, "");
        assertEq(kernel.getJob(jobId).budget, second, "by provider");
    }

    function test_SetBudget_RevertsForAnybodyElse() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, evaluator));
        vm.prank(evaluator);
        kernel.setBudget(jobId, 1, "");
    }

    function test_SetBudget_RevertsWhenNotOpen() public {
        uint256 jobId = fundedPlainJob();
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Funded));
        vm.prank(provider);
        kernel.setBudget(jobId, 1, "");
    }

    function test_Fund_MovesTheBudgetIntoEscrowAndEmits() public {
        uint256 jobId = plainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobFunded(jobId, client, BUDGET);
        fund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        assertBalances(900e6, 0);
        assertEq(usdc.balanceOf(address(kernel)), BUDGET, "escrow");
    }

    function test_Fund_RevertsWhenCallerIsNotClient() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, provider));
        vm.prank(provider);
        kernel.fund(jobId, BUDGET, "");
    }

    function test_Fund_RevertsWhenNotOpen() public {
        uint256 jobId = fundedPlainJob();
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Funded));
        fund(jobId);
    }

    function test_Fund_RevertsWhenBudgetIsZero() public {
        uint256 jobId = plainJob();
        vm.prank(client);
        kernel.setBudget(jobId, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ZeroBudget.selector, jobId));
        vm.prank(client);
        kernel.fund(jobId, 0, "");
    }

    function test_Fund_RevertsWhenProviderIsNotSet() public {
        uint256 jobId = jobWithoutProvider();
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, "");
        vm.expectRevert(IAgenticCommerce.ZeroProvider.selector);
        fund(jobId);
    }

    function testFuzz_Fund_RevertsWhenBudgetIsNotTheExpectedOne(uint256 expected) public {
        vm.assume(expected != BUDGET);
        uint256 jobId = plainJob();
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.BudgetMismatch.selector, jobId, BUDGET, expected));
        vm.prank(client);
        kernel.fund(jobId, expected, "");
    }

    function test_Fund_RevertsWhenExpired() public {
        uint256 jobId = plainJob();
        vm.warp(EXPIRED_AT);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobHasExpired.selector, jobId, EXPIRED_AT));
        fund(jobId);
    }

    function test_Submit_SetsSubmittedAndEmits() public {
        uint256 jobId = fundedPlainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobSubmitted(jobId, provider, DELIVERABLE);
        submit(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Submitted);
    }

    function test_Submit_RevertsWhenCallerIsNotProvider() public {
        uint256 jobId = fundedPlainJob();
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.submit(jobId, DELIVERABLE, "");
    }

    function test_Submit_RevertsWhenNotFunded() public {
        uint256 jobId = plainJob();
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Open));
        submit(jobId);
    }

    function test_Submit_RevertsWhenExpired() public {
        uint256 jobId = fundedPlainJob();
        vm.warp(EXPIRED_AT);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobHasExpired.selector, jobId, EXPIRED_AT));
        submit(jobId);
    }

    function testFuzz_Complete_PaysTheProviderMinusFee(uint96 budget, uint16 feeBps, bytes32 reason) public {
        budget = uint96(bound(budget, 1, type(uint96).max));
        feeBps = uint16(bound(feeBps, 0, 1_000));
        setFee(feeBps);
        usdc.mint(client, budget);
        IAgenticCommerce.NewJob memory job = newPlainJob();
        job.budget = budget;
        uint256 jobId = create(job);
        vm.prank(client);
        kernel.fund(jobId, budget, "");
        submit(jobId);
        uint256 fee = (uint256(budget) * feeBps) / 10_000;

        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobCompleted(jobId, evaluator, reason);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.PaymentReleased(jobId, provider, budget - fee);
        vm.prank(evaluator);
        kernel.complete(jobId, reason, "");

        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
        assertBalances(1_000e6, budget - fee);
        assertEq(usdc.balanceOf(address(treasury)), fee, "treasury");
        assertEq(usdc.balanceOf(address(kernel)), 0, "nothing stays");
    }

    function test_Complete_RevertsWhenCallerIsNotEvaluator() public {
        uint256 jobId = submittedPlainJob();
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.complete(jobId, 0, "");
    }

    function test_Complete_RevertsWhenNotSubmitted() public {
        uint256 jobId = fundedPlainJob();
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Funded));
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
    }

    function test_Reject_ByClientWhileOpen() public {
        uint256 jobId = plainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobRejected(jobId, client, "changed my mind");
        vm.prank(client);
        kernel.reject(jobId, "changed my mind", "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
        assertBalances(1_000e6, 0);
    }

    function test_Reject_ByEvaluatorWhileFundedRefunds() public {
        uint256 jobId = fundedPlainJob();
        rejectAndExpectRefund(jobId);
    }

    function test_Reject_ByEvaluatorWhileSubmittedRefundsWithoutFee() public {
        setFee(1_000);
        rejectAndExpectRefund(submittedPlainJob());
    }

    function test_Reject_RevertsForEvaluatorWhileOpen() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, evaluator));
        vm.prank(evaluator);
        kernel.reject(jobId, 0, "");
    }

    function test_Reject_RevertsForClientOnceFunded() public {
        uint256 jobId = fundedPlainJob();
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.reject(jobId, 0, "");
        submit(jobId);
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.reject(jobId, 0, "");
    }

    function test_ClaimRefund_ByAnyoneFromExpiryOn() public {
        uint256 funded = fundedPlainJob();
        uint256 submitted = submittedPlainJob();
        vm.warp(EXPIRED_AT);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobExpired(funded);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.Refunded(funded, client, BUDGET);
        vm.prank(stranger);
        kernel.claimRefund(funded);
        kernel.claimRefund(submitted);
        assertStatus(funded, IAgenticCommerce.JobStatus.Expired);
        assertStatus(submitted, IAgenticCommerce.JobStatus.Expired);
        assertBalances(1_000e6, 0);
    }

    function test_ClaimRefund_RevertsBeforeExpiry() public {
        uint256 jobId = submittedPlainJob();
        vm.warp(EXPIRED_AT - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotExpired.selector, jobId, EXPIRED_AT));
        kernel.claimRefund(jobId);
    }

    function test_ClaimRefund_RevertsWhenOpen() public {
        uint256 jobId = plainJob();
        vm.warp(EXPIRED_AT);
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Open));
        kernel.claimRefund(jobId);
    }

    function test_TerminalStates_AllowNoFurtherStep() public {
        uint256[3] memory jobs = [submittedPlainJob(), submittedPlainJob(), submittedPlainJob()];
        vm.prank(evaluator);
        kernel.complete(jobs[0], 0, "");
        vm.prank(evaluator);
        kernel.reject(jobs[1], 0, "");
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobs[2]);
        for (uint256 i; i < jobs.length; i++) {
            bytes memory refusal = notInStatus(jobs[i], IAgenticCommerce.JobStatus(3 + i));
            vm.expectRevert(refusal);
            vm.prank(evaluator);
            kernel.complete(jobs[i], 0, "");
            vm.expectRevert(refusal);
            vm.prank(evaluator);
            kernel.reject(jobs[i], 0, "");
            vm.expectRevert(refusal);
            kernel.claimRefund(jobs[i]);
            vm.expectRevert(refusal);
            submit(jobs[i]);
            vm.expectRevert(refusal);
            fund(jobs[i]);
        }
    }

    function test_ClaimRefund_ReturnsTheWholeEscrowWithoutFee() public {
        setFee(1_000);
        uint256 jobId = submittedPlainJob();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertBalances(CLIENT_FUNDS, 0);
    }

    function testFuzz_OptParams_AreNotInterpreted(bytes calldata optParams) public {
        uint256 jobId = plainJob();
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, optParams);
        vm.prank(client);
        kernel.fund(jobId, BUDGET, optParams);
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, optParams);
        vm.prank(evaluator);
        kernel.complete(jobId, 0, optParams);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
    }

    function test_Deviation_APauseMovesTheExpiryThatTheViewReports() public {
        uint256 jobId = fundedPlainJob();
        pauseKernel();
        vm.warp(START + 7 days);
        assertEq(kernel.getJob(jobId).expiredAt, EXPIRED_AT + 7 days, "expiredAt");
        vm.warp(EXPIRED_AT + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotExpired.selector, jobId, EXPIRED_AT + 7 days));
        kernel.claimRefund(jobId);
        vm.warp(EXPIRED_AT + 7 days);
        kernel.claimRefund(jobId);
    }

    function rejectAndExpectRefund(uint256 jobId) private {
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobRejected(jobId, evaluator, "bad");
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.Refunded(jobId, client, BUDGET);
        vm.prank(evaluator);
        kernel.reject(jobId, "bad", "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
        assertBalances(1_000e6, 0);
    }

    function jobWithoutProvider() private returns (uint256) {
        vm.prank(client);
        return kernel.createJob(address(0), evaluator, EXPIRED_AT, "", address(0));
    }
}
