// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {IPayouts} from "../src/interfaces/IPayouts.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileToken} from "./support/HostileToken.sol";

/// @dev One-signature funding, payouts that cannot be blocked, the fee, and the owner's limits.
contract AgenticCommerceMoneyTest is Fixture {
    function test_FundWithAuthorization_ByTheClient() public {
        uint256 jobId = unapprovedJob();
        bytes memory signature = authorize(jobId, BUDGET);
        vm.prank(client);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "mine");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        assertBalances(900e6, 0);
    }

    function test_FundWithAuthorization_RelayedByAnybodyIsPaidByTheClient() public {
        uint256 jobId = unapprovedJob();
        bytes memory signature = authorize(jobId, BUDGET);
        vm.prank(stranger);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        assertBalances(900e6, 0);
    }

    function test_FundWithAuthorization_RefusesOptParamsTheClientDidNotSign() public {
        uint256 jobId = unapprovedJob();
        bytes memory signature = authorize(jobId, BUDGET);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.UnsignedOptParams.selector, jobId));
        vm.prank(stranger);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "theirs");
    }

    function test_FundWithAuthorization_FitsOneJobOnly() public {
        uint256 signedJob = unapprovedJob();
        uint256 otherJob = plainJob();
        bytes memory signature = authorize(signedJob, BUDGET);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        kernel.fundWithAuthorization(otherJob, BUDGET, 0, EXPIRED_AT, signature, "");
    }

    function test_FundWithAuthorization_FitsOneBudgetOnly() public {
        uint256 jobId = unapprovedJob();
        bytes memory signature = authorize(jobId, BUDGET);
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET + 1, "");
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.BudgetMismatch.selector, jobId, BUDGET + 1, BUDGET));
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "");
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        kernel.fundWithAuthorization(jobId, BUDGET + 1, 0, EXPIRED_AT, signature, "");
    }

    function test_FundWithAuthorization_CannotBeSpentOutsideTheKernel() public {
        uint256 jobId = unapprovedJob();
        bytes memory signature = authorize(jobId, BUDGET);
        bytes32 nonce = kernel.authorizationNonce(jobId, BUDGET);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(kernel)));
        vm.prank(stranger);
        usdc.receiveWithAuthorization(client, address(kernel), BUDGET, 0, EXPIRED_AT, nonce, signature);
    }

    function test_FundWithPermit_ByTheClient() public {
        uint256 jobId = unapprovedJob();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, permitDigest(BUDGET, EXPIRED_AT));
        vm.prank(client);
        kernel.fundWithPermit(jobId, BUDGET, EXPIRED_AT, v, r, s, "");
        assertBalances(900e6, 0);
    }

    function test_FundWithPermit_ToleratesAFrontRunPermit() public {
        uint256 jobId = unapprovedJob();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, permitDigest(BUDGET, EXPIRED_AT));
        vm.prank(stranger);
        usdc.permit(client, address(kernel), BUDGET, EXPIRED_AT, v, r, s);
        vm.prank(client);
        kernel.fundWithPermit(jobId, BUDGET, EXPIRED_AT, v, r, s, "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
    }

    function test_FundWithPermit_RevertsForAnybodyElse() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, stranger));
        vm.prank(stranger);
        kernel.fundWithPermit(jobId, BUDGET, EXPIRED_AT, 0, 0, 0, "");
    }

    function test_FundWithPermit_RevertsWithABadPermitAndNoAllowance() public {
        uint256 jobId = unapprovedJob();
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(kernel), 0, BUDGET)
        );
        vm.prank(client);
        kernel.fundWithPermit(jobId, BUDGET, EXPIRED_AT, 27, bytes32(uint256(1)), bytes32(uint256(1)), "");
    }

    function test_Complete_CreditsABlacklistedProvider() public {
        uint256 jobId = submittedPlainJob();
        usdc.blacklist(provider);
        vm.expectEmit(address(kernel));
        emit IPayouts.PayoutDeferred(jobId, provider, BUDGET);
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
        assertEq(kernel.withdrawable(provider), BUDGET, "credited");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);

        usdc.unBlacklist(provider);
        vm.expectEmit(address(kernel));
        emit IPayouts.Withdrawn(provider, BUDGET);
        vm.prank(provider);
        kernel.withdraw();
        assertBalances(900e6, BUDGET);
        assertEq(kernel.withdrawable(provider), 0, "once");
    }

    function test_Complete_PaysTheProviderWhenTheTreasuryIsBlacklisted() public {
        setFee(100);
        uint256 jobId = submittedPlainJob();
        usdc.blacklist(address(treasury));
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
        assertBalances(900e6, 99e6);
        assertEq(kernel.withdrawable(address(treasury)), 1e6, "fee credited");
    }

    function test_ClaimRefund_CreditsABlacklistedClient() public {
        uint256 jobId = fundedPlainJob();
        usdc.blacklist(client);
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertEq(kernel.withdrawable(client), BUDGET, "credited");
    }

    function test_ClaimRefund_WorksWhileTheTokenIsPaused() public {
        HostileToken token = useHostileToken();
        uint256 jobId = fundedPlainJob();
        token.pause();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Expired);
        assertEq(kernel.withdrawable(client), BUDGET, "credited");
        token.unpause();
        vm.prank(client);
        kernel.withdraw();
        assertBalances(1_000e6, 0);
    }

    function test_Payout_CannotBeReenteredByTheToken() public {
        HostileToken token = useHostileToken();
        uint256 jobId = fundedPlainJob();
        uint256 other = fundedPlainJob();
        vm.warp(EXPIRED_AT);
        token.callBackWith(address(kernel), abi.encodeCall(kernel.claimRefund, (other)));
        kernel.claimRefund(jobId);
        assertStatus(other, IAgenticCommerce.JobStatus.Funded);
        assertBalances(900e6, 0);
    }

    function test_Withdraw_RevertsWithNothingToWithdraw() public {
        vm.expectRevert(abi.encodeWithSelector(IPayouts.NothingToWithdraw.selector, stranger));
        vm.prank(stranger);
        kernel.withdraw();
    }

    function test_SetPlatformFee_AppliesToJobsCreatedLaterOnly() public {
        uint256 early = plainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.PlatformFeeSet(1_000, address(treasury));
        setFee(1_000);
        vm.prank(client);
        kernel.fund(early, 100e6, "");
        uint256 late = fundedPlainJob();
        for (uint256 jobId = early; jobId <= late; jobId++) {
            submit(jobId);
            if (jobId == late) {
                vm.expectEmit(address(kernel));
                emit IAgenticCommerce.PlatformFeePaid(late, address(treasury), 10e6);
            }
            vm.prank(evaluator);
            kernel.complete(jobId, 0, "");
        }
        assertBalances(800e6, 190e6);
        assertEq(usdc.balanceOf(address(treasury)), 10e6, "treasury");
    }

    function test_SetPlatformFee_RevertsAboveTenPercent() public {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.FeeTooHigh.selector, 1_001));
        vm.prank(admin);
        kernel.setPlatformFee(1_001, address(treasury));
    }

    function test_SetPlatformFee_RevertsWithoutATreasury() public {
        bytes memory zero = abi.encodeWithSelector(IAgenticCommerce.InvalidTreasury.selector, address(0));
        vm.expectRevert(zero);
        vm.prank(admin);
        kernel.setPlatformFee(1, address(0));
        vm.prank(admin);
        kernel.setPlatformFee(1, address(treasury));
        vm.expectRevert(zero);
        vm.prank(admin);
        kernel.setPlatformFee(0, address(0));
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.InvalidTreasury.selector, address(kernel)));
        vm.prank(admin);
        kernel.setPlatformFee(1, address(kernel));
    }

    function test_SetPlatformFee_RevertsForAnybodyButTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        kernel.setPlatformFee(0, address(treasury));
    }

    function test_Ownership_MovesInTwoSteps() public {
        vm.prank(admin);
        kernel.transferOwnership(stranger);
        assertEq(kernel.owner(), admin, "not yet");
        vm.prank(stranger);
        kernel.acceptOwnership();
        assertEq(kernel.owner(), stranger, "accepted");
    }

    function unapprovedJob() private returns (uint256) {
        vm.prank(client);
        usdc.approve(address(kernel), 0);
        return plainJob();
    }

    function useHostileToken() private returns (HostileToken token) {
        token = new HostileToken();
        deployWith(token, address(identity), address(reputation));
    }
}
