// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileHook, RecordingHook} from "./support/Hooks.sol";

/// @dev An identity registry that lies, burns gas or answers nonsense.
contract HostileIdentity {
    bytes private answer;
    bool private burns;

    function set(bytes calldata answer_, bool burns_) external {
        (answer, burns) = (answer_, burns_);
    }

    fallback(bytes calldata) external returns (bytes memory) {
        while (burns) {}
        if (answer.length == 0) revert("no");
        return answer;
    }
}

/// @dev Ends and extensions that both parties sign, and the agent's wallet that is paid and may act.
contract AgenticCommerceConsentTest is Fixture {
    uint256 private constant WALLET_KEY = 0x3A11E7;

    function testFuzz_Cancel_DividesAsBothSign(uint96 providerAmount, bool submitted) public {
        providerAmount = uint96(bound(providerAmount, 0, BUDGET));
        setFee(1_000);
        uint256 jobId = submitted ? submittedPlainJob() : fundedPlainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobCancelled(jobId, providerAmount);
        cancelBySignatures(jobId, providerAmount);
        bool pays = providerAmount != 0;
        assertStatus(jobId, pays ? IAgenticCommerce.JobStatus.Completed : IAgenticCommerce.JobStatus.Rejected);
        assertBalances(CLIENT_FUNDS - providerAmount, providerAmount - providerAmount / 10);
    }

    function test_Cancel_NeedsNoSignatureOfTheCaller() public {
        uint256 jobId = fundedPlainJob();
        bytes memory byClient = cancellation(CLIENT_KEY, jobId, 1e6);
        vm.prank(provider);
        kernel.cancel(jobId, 1e6, START + 60, byClient, "");
        assertBalances(CLIENT_FUNDS - 1e6, 1e6);
    }

    function test_Cancel_RevertsUnlessBothAgreeOnTheSame() public {
        uint256 jobId = fundedPlainJob();
        bytes memory byClient = cancellation(CLIENT_KEY, jobId, 1e6);
        bytes memory byProvider = cancellation(PROVIDER_KEY, jobId, 2e6);
        vm.expectRevert(invalidConsent(jobId, provider));
        kernel.cancel(jobId, 1e6, START + 60, byClient, byProvider);
        vm.expectRevert(invalidConsent(jobId, client));
        kernel.cancel(jobId, 2e6, START + 60, byClient, byProvider);
        vm.expectRevert(invalidConsent(jobId, provider));
        vm.prank(client);
        kernel.cancel(jobId, 1e6, START + 60, "", "");
        // Consent to one job is none to another.
        uint256 other = fundedPlainJob();
        byProvider = cancellation(PROVIDER_KEY, jobId, 1e6);
        vm.expectRevert(invalidConsent(other, client));
        kernel.cancel(other, 1e6, START + 60, byClient, byProvider);
    }

    function test_Cancel_RevertsWhenConsentIsOldOrNothingIsHeld() public {
        uint256 jobId = fundedPlainJob();
        bytes memory byClient = cancellation(CLIENT_KEY, jobId, 0);
        bytes memory byProvider = cancellation(PROVIDER_KEY, jobId, 0);
        vm.warp(START + 61);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ConsentExpired.selector, jobId, START + 60));
        kernel.cancel(jobId, 0, START + 60, byClient, byProvider);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.InvalidSplit.selector, jobId, BUDGET + 1));
        kernel.cancel(jobId, BUDGET + 1, START + 120, "", "");
        vm.warp(START);
        cancelBySignatures(jobId, 0);
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Rejected));
        kernel.cancel(jobId, 0, START + 60, byClient, byProvider);
        uint256 open = plainJob();
        vm.expectRevert(notInStatus(open, IAgenticCommerce.JobStatus.Open));
        kernel.cancel(open, 0, START + 60, "", "");
    }

    function test_Cancel_WorksWhateverTheHookDoes() public {
        HostileHook hook = new HostileHook();
        uint256 jobId = plainJob(address(hook));
        fund(jobId);
        hook.setMood(HostileHook.Mood.BurnGas, "");
        cancelBySignatures(jobId, BUDGET);
        assertBalances(CLIENT_FUNDS - BUDGET, BUDGET);
    }

    function testFuzz_Extend_MovesTheExpiryLaterOnly(uint48 expiredAt) public {
        uint256 jobId = submittedPlainJob();
        bytes memory byClient = extension(CLIENT_KEY, jobId, expiredAt, "");
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, expiredAt, "");
        if (expiredAt <= EXPIRED_AT) {
            vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotLater.selector, jobId, expiredAt));
        } else if (expiredAt > START + 365 days) {
            uint256 latest = uint256(START) + 365 days;
            vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ExpiryTooFar.selector, expiredAt, latest));
        } else {
            vm.expectEmit(address(kernel));
            emit IAgenticCommerce.JobExtended(jobId, expiredAt);
        }
        kernel.extend(jobId, expiredAt, START + 60, "", byClient, byProvider);
    }

    function test_Extend_MovesTheRefundAndCannotBeRepeated() public {
        uint256 jobId = fundedPlainJob();
        bytes memory byClient = extension(CLIENT_KEY, jobId, EXPIRED_AT + 1, "");
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1, "");
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "", byClient, byProvider);
        assertEq(kernel.getJob(jobId).expiredAt, EXPIRED_AT + 1, "expiredAt");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotLater.selector, jobId, EXPIRED_AT + 1));
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "", byClient, byProvider);
        vm.warp(EXPIRED_AT);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.JobNotExpired.selector, jobId, EXPIRED_AT + 1));
        kernel.claimRefund(jobId);
    }

    function test_Extend_IsHookedWithWhatBothSigned() public {
        RecordingHook hook = new RecordingHook();
        uint256 jobId = plainJob(address(hook));
        bytes memory byClient = extension(CLIENT_KEY, jobId, EXPIRED_AT + 1, "x");
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1, "x");
        vm.expectRevert(invalidConsent(jobId, client));
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "y", byClient, byProvider);
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "x", byClient, byProvider);
        assertEq(hook.callAt(2).data, abi.encode(EXPIRED_AT + 1, bytes("x")), "data");
        assertEq(bytes32(hook.callAt(3).selector), bytes32(kernel.extend.selector), "after");
    }

    function test_Extend_RevertsOnceEndedOrWithOldConsent() public {
        uint256 jobId = fundedPlainJob();
        bytes memory byClient = extension(CLIENT_KEY, jobId, EXPIRED_AT + 1, "");
        bytes memory byProvider = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1, "");
        vm.warp(START + 61);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.ConsentExpired.selector, jobId, START + 60));
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "", byClient, byProvider);
        vm.warp(START);
        cancelBySignatures(jobId, 0);
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Rejected));
        kernel.extend(jobId, EXPIRED_AT + 1, START + 60, "", byClient, byProvider);
    }

    function test_AgentWallet_IsPaidAndMayDeliverAndSign() public {
        (uint256 jobId, uint256 agentId) = walletJob();
        assertEq(kernel.payeeOf(jobId), provider, "no wallet yet");
        setAgentWallet(agentId, provider, WALLET_KEY);
        address wallet = vm.addr(WALLET_KEY);
        assertEq(kernel.payeeOf(jobId), wallet, "wallet");
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobSubmitted(jobId, provider, DELIVERABLE);
        vm.prank(wallet);
        kernel.submit(jobId, DELIVERABLE, "");
        bytes memory byClient = cancellation(CLIENT_KEY, jobId, 1e6);
        bytes memory byWallet = cancellation(WALLET_KEY, jobId, 1e6);
        kernel.cancel(jobId, 1e6, block.timestamp + 60, byClient, byWallet);
        assertEq(usdc.balanceOf(wallet), 1e6, "paid");
    }

    function test_AgentWallet_OfASoldAgentIsThatOfTheBuyer() public {
        (uint256 jobId, uint256 agentId) = walletJob();
        submit(jobId);
        vm.prank(provider);
        identity.transferFrom(provider, stranger, agentId);
        setAgentWallet(agentId, stranger, WALLET_KEY);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.PaymentReleased(jobId, vm.addr(WALLET_KEY), BUDGET);
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
        assertEq(usdc.balanceOf(vm.addr(WALLET_KEY)), BUDGET, "paid");
    }

    function test_AgentWallet_OfAHostileRegistryIsTheProvider() public {
        HostileIdentity registry = new HostileIdentity();
        deployWith(usdc, address(registry), address(reputation));
        (uint256 jobId,) = walletJobOf(7);
        bytes[5] memory answers =
            [bytes(""), abi.encode(address(0)), hex"01", abi.encode(type(uint256).max), new bytes(4_096)];
        for (uint256 i; i < answers.length; i++) {
            registry.set(answers[i], false);
            assertEq(kernel.payeeOf(jobId), provider, "payee");
        }
        registry.set("", true);
        uint256 start = gasleft();
        assertEq(kernel.payeeOf(jobId), provider, "payee when it burns");
        assertTrue(start - gasleft() < 100_000, "the burn is bounded");
        vm.etch(address(registry), "");
        assertEq(kernel.payeeOf(jobId), provider, "payee when it is gone");
    }

    /// @dev Whoever sends the transaction cannot choose the payee by the gas it brings.
    function testFuzz_AgentWallet_CannotBeStarvedOfGas(uint256 gas) public {
        (uint256 jobId, uint256 agentId) = walletJob();
        setAgentWallet(agentId, provider, WALLET_KEY);
        submit(jobId);
        gas = bound(gas, 30_000, 400_000);
        vm.prank(evaluator);
        (bool ok,) = address(kernel).call{gas: gas}(abi.encodeCall(kernel.complete, (jobId, 0, "")));
        assertEq(usdc.balanceOf(vm.addr(WALLET_KEY)), ok ? BUDGET : 0, "wallet");
        assertEq(usdc.balanceOf(provider), 0, "provider");
    }

    function walletJob() private returns (uint256 jobId, uint256 agentId) {
        return walletJobOf(registerAgent(provider));
    }

    function walletJobOf(uint256 agentId) private returns (uint256, uint256) {
        IAgenticCommerce.NewJob memory job = newPlainJob();
        (job.hasAgentId, job.agentId) = (true, agentId);
        uint256 jobId = create(job);
        fund(jobId);
        return (jobId, agentId);
    }

    function cancelBySignatures(uint256 jobId, uint256 amount) private {
        bytes memory byClient = cancellation(CLIENT_KEY, jobId, amount);
        bytes memory byProvider = cancellation(PROVIDER_KEY, jobId, amount);
        kernel.cancel(jobId, amount, block.timestamp + 60, byClient, byProvider);
    }

    function invalidConsent(uint256 jobId, address party) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgenticCommerce.InvalidConsent.selector, jobId, party);
    }
}
