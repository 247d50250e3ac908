// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileHook, RecordingHook} from "./support/Hooks.sol";

/// @dev ERC-8183's hook rules, with a friendly and a hostile hook.
contract AgenticCommerceHooksTest is Fixture {
    RecordingHook private recorder;
    HostileHook private hostile;

    function setUp() public override {
        super.setUp();
        recorder = new RecordingHook();
        hostile = new HostileHook();
    }

    function test_Hook_IsCalledAroundEachHookableFunctionWithItsEncoding() public {
        vm.prank(client);
        uint256 jobId = kernel.createJob(address(0), evaluator, EXPIRED_AT, "", address(recorder));
        assertEq(recorder.count(), 0, "createJob is not hookable");
        vm.prank(client);
        kernel.setProvider(jobId, provider, "p");
        assertHooked(0, jobId, kernel.setProvider.selector, abi.encode(provider, bytes("p")), client);
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, "b");
        assertHooked(2, jobId, kernel.setBudget.selector, abi.encode(BUDGET, bytes("b")), provider);
        vm.prank(client);
        kernel.fund(jobId, BUDGET, "raw");
        assertHooked(4, jobId, kernel.fund.selector, "raw", client);
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, "s");
        assertHooked(6, jobId, kernel.submit.selector, abi.encode(DELIVERABLE, bytes("s")), provider);
        vm.prank(evaluator);
        kernel.complete(jobId, "why", "c");
        assertHooked(8, jobId, kernel.complete.selector, abi.encode(bytes32("why"), bytes("c")), evaluator);
    }

    function test_Hook_IsCalledAroundReject() public {
        uint256 jobId = plainJob(address(recorder));
        vm.prank(client);
        kernel.reject(jobId, "why", "r");
        assertHooked(2, jobId, kernel.reject.selector, abi.encode(bytes32("why"), bytes("r")), client);
    }

    function test_Hook_SeesTheStateBeforeAndAfter() public {
        uint256 jobId = plainJob(address(recorder));
        fund(jobId);
        assertTrue(recorder.callAt(2).status == IAgenticCommerce.JobStatus.Open, "before");
        assertTrue(recorder.callAt(3).status == IAgenticCommerce.JobStatus.Funded, "after");
        assertEq(kernel.actor(), address(0), "no actor outside an action");
    }

    function test_Hook_OfARelayedFundingSeesTheClientAsActor() public {
        uint256 jobId = plainJob(address(recorder));
        bytes memory signature = authorize(jobId, BUDGET);
        vm.prank(stranger);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "");
        assertHooked(2, jobId, kernel.fund.selector, "", client);
    }

    function test_Hook_RevertingBeforeBlocksTheAction() public {
        uint256 jobId = plainJob(address(hostile));
        hostile.setMood(HostileHook.Mood.RevertBefore, "");
        vm.expectRevert(HostileHook.Refused.selector);
        fund(jobId);
    }

    function test_Hook_RevertingAfterRollsEverythingBack() public {
        uint256 jobId = plainJob(address(hostile));
        hostile.setMood(HostileHook.Mood.RevertAfter, "");
        vm.expectRevert(HostileHook.Refused.selector);
        fund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Open);
        assertBalances(1_000e6, 0);
    }

    function test_ClaimRefund_WorksWhateverTheHookDoes() public {
        for (uint8 mood = 1; mood <= uint8(HostileHook.Mood.CallBack); mood++) {
            hostile.setMood(HostileHook.Mood.Calm, "");
            uint256 jobId = plainJob(address(hostile));
            fund(jobId);
            hostile.setMood(HostileHook.Mood(mood), abi.encodeCall(kernel.withdraw, ()));
            vm.warp(EXPIRED_AT);
            vm.prank(stranger);
            kernel.claimRefund(jobId);
            assertBalances(1_000e6, 0);
            vm.warp(START);
        }
    }

    function test_ClaimRefund_NeverCallsTheHook() public {
        uint256 jobId = plainJob(address(recorder));
        fund(jobId);
        uint256 calls = recorder.count();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertEq(recorder.count(), calls, "calls");
    }

    function test_Hook_GasIsBounded() public {
        uint256 jobId = plainJob(address(hostile));
        hostile.setMood(HostileHook.Mood.BurnGas, "");
        uint256 start = gasleft();
        vm.prank(client);
        (bool ok,) = address(kernel).call(abi.encodeCall(kernel.fund, (jobId, BUDGET, "")));
        assertTrue(!ok, "the action fails");
        assertTrue(start - gasleft() < kernel.HOOK_GAS_LIMIT() + 150_000, "the burn is bounded");
    }

    function test_Hook_CannotReenterAnyAction() public {
        uint256 other = submittedPlainJob();
        uint256 jobId = plainJob(address(hostile));
        bytes[12] memory callbacks = [
            abi.encodeCall(kernel.createJob, (provider, evaluator, EXPIRED_AT, "", address(0))),
            abi.encodeCall(kernel.setProvider, (jobId, provider, "")),
            abi.encodeCall(kernel.setBudget, (jobId, 1, "")),
            abi.encodeCall(kernel.fund, (jobId, BUDGET, "")),
            abi.encodeCall(kernel.submit, (jobId, 0, "")),
            abi.encodeCall(kernel.complete, (other, 0, "")),
            abi.encodeCall(kernel.reject, (jobId, 0, "")),
            abi.encodeCall(kernel.claimRefund, (other)),
            abi.encodeCall(kernel.withdraw, ()),
            abi.encodeCall(kernel.decline, (jobId, 0)),
            abi.encodeCall(kernel.completeSplit, (other, 1, 0, "")),
            abi.encodeCall(kernel.cancel, (other, BUDGET, type(uint256).max, "", ""))
        ];
        for (uint256 i; i < callbacks.length; i++) {
            hostile.setMood(HostileHook.Mood.CallBack, callbacks[i]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            fund(jobId);
        }
    }

    /// @dev The worst evaluator is its own hook too: it can keep the parties waiting, and take its fee for a decision.
    function test_HostileEvaluator_GetsNoMoreThanItsFeeAndHoldsNobodyLonger() public {
        IAgenticCommerce.NewJob memory job = newPlainJob();
        (job.evaluator, job.hook, job.evaluatorFee) = (address(hostile), address(hostile), 5e6);
        uint256 jobId = create(job);
        fund(jobId);
        submit(jobId);
        hostile.setMood(HostileHook.Mood.CallBack, abi.encodeCall(kernel.completeSplit, (jobId, 1, 0, "")));
        vm.prank(address(hostile));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        kernel.completeSplit(jobId, 1, 0, "");
        hostile.setMood(HostileHook.Mood.Calm, "");
        vm.prank(address(hostile));
        kernel.completeSplit(jobId, 1, 0, "");
        vm.prank(address(hostile));
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Completed));
        kernel.reject(jobId, 0, "");
        assertEq(usdc.balanceOf(address(hostile)), 5e6, "its fee");
        assertBalances(CLIENT_FUNDS - 5e6 - 1, 1);
    }

    function assertHooked(uint256 index, uint256 jobId, bytes4 selector, bytes memory data, address actor)
        private
        view
    {
        assertEq(recorder.count(), index + 2, "two calls");
        for (uint256 i = index; i < index + 2; i++) {
            RecordingHook.Call memory call = recorder.callAt(i);
            assertTrue(call.isBefore == (i == index), "order");
            assertEq(call.jobId, jobId, "jobId");
            assertEq(bytes32(call.selector), bytes32(selector), "selector");
            assertEq(call.data, data, "data");
            assertEq(call.actor, actor, "actor");
        }
    }
}
