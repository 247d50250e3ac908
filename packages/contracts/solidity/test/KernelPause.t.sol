// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev A pause takes time from nobody, ends by itself, and cannot become a habit.
contract KernelPauseTest is Fixture {
    function test_Pause_StopsEveryActionButRefundsAndWithdrawals() public {
        uint256 open = plainJob();
        uint256 submitted = submittedPlainJob();
        uint256 judged = submittedJob();
        uint256 proposed = courtJob();
        bytes memory signature = consent(proposed);
        pauseKernel();
        bytes memory payment = abi.encode(IAgenticCommerce.Payment(client, 0, 0, ""));
        assertRefused(client, abi.encodeCall(kernel.createJob, (provider, evaluator, EXPIRED_AT, "", address(0))));
        assertRefused(client, abi.encodeCall(kernel.createJobWithBudget, (newPlainJob(), "")));
        assertRefused(
            client,
            abi.encodeCall(
                kernel.createAndFund, (newPlainJob(), abi.decode(payment, (IAgenticCommerce.Payment)), bytes(""))
            )
        );
        assertRefused(client, abi.encodeCall(kernel.setProvider, (open, provider, "")));
        assertRefused(client, abi.encodeCall(kernel.setBudget, (open, 1, "")));
        assertRefused(client, abi.encodeCall(kernel.fund, (open, BUDGET, "")));
        assertRefused(client, abi.encodeCall(kernel.fundWithPermit, (open, BUDGET, 0, 0, 0, 0, "")));
        assertRefused(client, abi.encodeCall(kernel.fundWithAuthorization, (open, BUDGET, 0, 0, "", "")));
        assertRefused(provider, abi.encodeCall(kernel.submit, (open, 0, "")));
        assertRefused(provider, abi.encodeCall(kernel.decline, (open, 0)));
        assertRefused(evaluator, abi.encodeCall(kernel.complete, (submitted, 0, "")));
        assertRefused(evaluator, abi.encodeCall(kernel.completeSplit, (submitted, 1, 0, "")));
        assertRefused(evaluator, abi.encodeCall(kernel.reject, (submitted, 0, "")));
        assertRefused(client, abi.encodeCall(kernel.cancel, (submitted, 0, EXPIRED_AT, "", "")));
        assertRefused(client, abi.encodeCall(kernel.extend, (submitted, EXPIRED_AT + 1, EXPIRED_AT, "", "", "")));
        assertCourtRefuses(stranger, abi.encodeCall(court.accept, (proposed, signature)));
        assertCourtRefuses(validator, abi.encodeCall(court.validate, (judged, termsOf(judged), 90, 0, "")));
        assertCourtRefuses(stranger, abi.encodeCall(court.settle, (judged, termsOf(judged))));
        assertCourtRefuses(address(disputes), abi.encodeCall(court.beginDispute, (judged, termsOf(judged), true)));
        ICourt.Resolution resolution = ICourt.Resolution.Default;
        assertCourtRefuses(
            address(disputes), abi.encodeCall(court.endDispute, (judged, termsOf(judged), 0, resolution, 0))
        );
    }

    function test_Pause_LeavesRefundsOfWhatHadExpiredBeforeAndWithdrawals() public {
        uint256 jobId = fundedPlainJob();
        usdc.blacklist(client);
        vm.warp(EXPIRED_AT);
        pauseKernel();
        kernel.claimRefund(jobId);
        usdc.unBlacklist(client);
        vm.prank(client);
        kernel.withdraw();
        assertBalances(CLIENT_FUNDS, 0);
    }

    function testFuzz_Pause_MovesEveryDeadlineByItsLength(uint48 length, uint48 startsAfter) public {
        length = uint48(bound(length, 1, 7 days));
        startsAfter = uint48(bound(startsAfter, 0, 1 days));
        uint256 jobId = fundedJob();
        vm.warp(START + startsAfter);
        pauseKernel();
        vm.warp(START + startsAfter + length);
        if (length < 7 days) {
            vm.prank(guardian);
            kernel.unpause();
        }
        assertEq(kernel.pausedSeconds(), length, "pausedSeconds");
        assertEq(kernel.clock(), START + startsAfter, "clock");
        assertEq(kernel.getJob(jobId).expiredAt, EXPIRED_AT + length, "expiredAt");
        vm.warp(SUBMIT_BY + length);
        submit(jobId);
        vm.warp(SUBMIT_BY + length + 6 hours - 1);
        validate(jobId, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, SUBMIT_BY + length + 12 hours - 1));
        this.settleExternally(jobId);
        vm.warp(SUBMIT_BY + length + 12 hours - 1);
        settle(jobId);
        assertBalances(CLIENT_FUNDS - VALIDATOR_FEE, 0);
    }

    function test_Pause_InTheDisputeWindowStopsItToo() public {
        uint256 jobId = failedJob(proposal());
        vm.warp(START + 6 hours - 1);
        pauseKernel();
        vm.warp(START + 8 days);
        // A second is left after the seven days.
        vm.warp(START + 7 days + 6 hours - 1);
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(address(disputes));
        assertEq(court.beginDispute(jobId, terms, true), 0, "percent");
    }

    function test_Pause_EndsByItself() public {
        uint256 jobId = fundedPlainJob();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.Paused(guardian, START + 7 days);
        pauseKernel();
        vm.warp(START + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.KernelPaused.selector, START + 7 days));
        submit(jobId);
        vm.warp(START + 7 days);
        submit(jobId);
        vm.warp(START + 30 days);
        assertEq(kernel.pausedSeconds(), 7 days, "pausedSeconds");
    }

    function test_Pause_NotAgainFor23Days() public {
        pauseKernel();
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.PauseNotAllowedYet.selector, START + 30 days));
        pauseKernel();
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.Unpaused(1 days);
        vm.prank(guardian);
        kernel.unpause();
        vm.warp(START + 24 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.PauseNotAllowedYet.selector, START + 24 days));
        pauseKernel();
        vm.warp(START + 24 days);
        pauseKernel();
        vm.warp(START + 26 days);
        assertEq(kernel.pausedSeconds(), 3 days, "both");
        assertEq(kernel.clock(), START + 23 days, "clock");
    }

    function test_Pause_OfTheGuardianOnlyWhomTheOwnerNames() public {
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotGuardian.selector, admin));
        vm.prank(admin);
        kernel.pause();
        vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.NotGuardian.selector, stranger));
        vm.prank(stranger);
        kernel.unpause();
        vm.expectRevert(IAgenticCommerce.NotPaused.selector);
        vm.prank(guardian);
        kernel.unpause();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, guardian));
        vm.prank(guardian);
        kernel.setGuardian(guardian);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.GuardianSet(stranger);
        vm.prank(admin);
        kernel.setGuardian(stranger);
        vm.prank(stranger);
        kernel.pause();
    }

    /// @dev Times are agreed in wall time at the proposal, whatever pauses came before.
    function test_Pause_BeforeAJobDoesNotTouchIt() public {
        pauseKernel();
        vm.warp(START + 7 days);
        vm.prank(guardian);
        vm.expectRevert(IAgenticCommerce.NotPaused.selector);
        kernel.unpause();
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        (offer.submitBy, job.expiredAt) = (SUBMIT_BY + 7 days, EXPIRED_AT + 7 days);
        uint256 jobId = courtJob(job, offer);
        assertEq(kernel.getJob(jobId).expiredAt, job.expiredAt, "expiredAt");
        assertEq(court.getAgreement(jobId).submitBy, SUBMIT_BY, "as the clock of the kernel");
        accept(jobId);
        fund(jobId);
        vm.warp(offer.submitBy + 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubmissionClosed.selector, jobId, offer.submitBy));
        submit(jobId);
    }

    function settleExternally(uint256 jobId) external {
        settle(jobId);
    }

    function assertRefused(address caller, bytes memory data) private {
        assertPaused(address(kernel), caller, data);
    }

    function assertCourtRefuses(address caller, bytes memory data) private {
        assertPaused(address(court), caller, data);
    }

    function assertPaused(address target, address caller, bytes memory data) private {
        vm.prank(caller);
        (bool ok, bytes memory reason) = target.call(data);
        assertTrue(!ok, "refused");
        assertEq(reason, abi.encodeWithSelector(IAgenticCommerce.KernelPaused.selector, START + 7 days), "reason");
    }
}
