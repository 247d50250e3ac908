// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Attacks that worked against an earlier escrow for agents (AEGIS); each must fail here.
contract AegisDefectsTest is Fixture {
    function test_C1_ClientCannotTakeDeliveredWorkByAValidatorOfItsOwn() public {
        uint256 jobId = submittedJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidator.selector, jobId, client));
        vm.prank(client);
        court.validate(jobId, 0, 0, "");
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.reject(jobId, 0, "");
        // Terms cannot be replaced once the job is funded.
        vm.expectRevert(notInStatus(jobId, IAgenticCommerce.JobStatus.Submitted));
        vm.prank(client);
        kernel.setBudget(jobId, BUDGET, abi.encode(proposal()));
        validateAndSettle(jobId, 100);
        assertBalances(900e6, BUDGET);
    }

    function test_C2_DeliveryAndFeedbackNeedNoRightsOverTheAgent() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        assertTrue(!identity.isApprovedForAll(provider, address(court)), "no operator");
        validateAndSettle(jobId, 90);
        assertEq(reputation.getLastIndex(agentId, address(court)), 1, "written");
    }

    /// @dev The only calls an owner has are the fee, capped and for later jobs, and handing over ownership.
    function test_C3_OwnerCannotTouchEscrowAllowancesOrOutcomes() public {
        uint256 jobId = submittedJob();
        vm.prank(admin);
        kernel.setPlatformFee(1_000, admin);
        bytes[6] memory calls = [
            abi.encodeCall(kernel.complete, (jobId, 0, "")),
            abi.encodeCall(kernel.reject, (jobId, 0, "")),
            abi.encodeCall(kernel.claimRefund, (jobId)),
            abi.encodeCall(kernel.withdraw, ()),
            abi.encodeCall(kernel.fund, (jobId, BUDGET, "")),
            abi.encodeCall(kernel.setBudget, (jobId, 0, ""))
        ];
        for (uint256 i; i < calls.length; i++) {
            vm.prank(admin);
            (bool ok,) = address(kernel).call(calls[i]);
            assertTrue(!ok, "owner call must fail");
        }
        validateAndSettle(jobId, 100);
        assertEq(usdc.balanceOf(admin), 0, "the fee was agreed when the job was funded");
        assertBalances(900e6, BUDGET);
    }

    function test_C3_OpenAllowanceCannotBeDrainedByAStrangersJob() public {
        vm.prank(stranger);
        uint256 jobId = kernel.createJobWithBudget(provider, stranger, EXPIRED_AT, "", address(0), BUDGET, "");
        vm.expectRevert(unauthorized(jobId, client));
        fund(jobId);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(kernel), 0, BUDGET)
        );
        vm.prank(stranger);
        kernel.fund(jobId, BUDGET, "");
        assertBalances(1_000e6, 0);
    }

    function test_H1_NoReputationWithoutConsentFundingAndSettlement() public {
        vm.prank(provider);
        uint256 agentId = identity.register();
        ICourt.Proposal memory terms = proposal();
        (terms.hasAgentId, terms.providerAgentId, terms.validator) = (true, agentId, stranger);
        uint256 jobId = courtJob(terms);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAccepted.selector, jobId));
        fund(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotSubmitted.selector, jobId));
        vm.prank(stranger);
        court.validateAndSettle(jobId, 0, 0, "");
        accept(jobId);
        fund(jobId);
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertEq(reputation.getClients(agentId).length, 0, "nothing written");
    }

    function test_H2_ProviderCannotFlipAFailingScore() public {
        uint256 jobId = submittedJob();
        validate(jobId, 69);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidator.selector, jobId, provider));
        vm.prank(provider);
        court.validate(jobId, 70, 0, "");
        court.settle(jobId);
        assertBalances(1_000e6, 0);
    }

    function test_H3_SilenceAfterAFailedValidationDoesNotPayTheProvider() public {
        uint256 jobId = submittedJob();
        validate(jobId, 0);
        vm.warp(EXPIRED_AT + 365 days);
        court.settle(jobId);
        assertBalances(1_000e6, 0);
    }

    function test_H4_ASilentValidatorLocksNothing() public {
        uint256 jobId = submittedJob();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        assertBalances(1_000e6, 0);
    }

    function test_H5_TheFirstScoreIsFinal() public {
        uint256 jobId = submittedJob();
        validate(jobId, 100);
        vm.expectRevert(abi.encodeWithSelector(ICourt.AlreadyValidated.selector, jobId));
        validate(jobId, 0);
    }

    function test_H8_ABlacklistedPartyBlocksNobody() public {
        vm.prank(admin);
        kernel.setPlatformFee(100, treasury);
        uint256 jobId = submittedJob();
        usdc.blacklist(provider);
        validateAndSettle(jobId, 100);
        assertEq(usdc.balanceOf(treasury), 1e6, "fee paid");
        assertEq(kernel.withdrawable(provider), 99e6, "credited");
    }

    /// @dev Nothing can be paused, so no clock can run out during a pause.
    function test_H11_ThereIsNoPause() public {
        (bool ok,) = address(kernel).call(abi.encodeWithSignature("pause()"));
        assertTrue(!ok, "no pause");
    }

    function test_M1_NoOutcomeWithoutAScore() public {
        (uint256 jobId, uint256 agentId) = submittedAgentJob();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotValidated.selector, jobId));
        vm.prank(client);
        court.settle(jobId);
        assertEq(reputation.getLastIndex(agentId, address(court)), 0, "nothing written");
    }

    function test_M4_AThresholdOfZeroIsZeroAndNotADefault() public {
        ICourt.Proposal memory terms = proposal();
        terms.threshold = 0;
        uint256 jobId = courtJob(terms);
        accept(jobId);
        fund(jobId);
        submit(jobId);
        validateAndSettle(jobId, 0);
        assertBalances(900e6, BUDGET);
    }

    /// @dev Hook data names no caller; a provider that proposed terms could trap a client's pending `fund`.
    function test_ProviderCannotSlipItsOwnTermsUnderAPendingFunding() public {
        uint256 jobId = acceptedJob();
        ICourt.Proposal memory trap = proposal();
        (trap.validator, trap.threshold) = (stranger, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotProposer.selector, jobId, provider));
        vm.prank(provider);
        kernel.setBudget(jobId, BUDGET, abi.encode(trap));
    }
}
