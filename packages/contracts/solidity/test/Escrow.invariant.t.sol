// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {EscrowHandler} from "./support/EscrowHandler.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Money in equals money out plus money held, every funded job can always end, and ends once.
contract EscrowInvariantTest is Fixture {
    EscrowHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new EscrowHandler(kernel, court, usdc);
        targetContract(address(handler));
    }

    function invariant_MoneyInEqualsMoneyOutPlusHeld() public view {
        uint256 escrowed;
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IAgenticCommerce.Job memory job = kernel.getJob(jobId);
            if (isFunded(job)) escrowed += job.budget;
        }
        assertEq(handler.pulled(), handler.released() + escrowed, "books");
        assertEq(usdc.balanceOf(address(kernel)), escrowed + credits(), "held");
    }

    function invariant_EveryFundedJobStaysWithinAYearOfItsRefund() public view {
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IAgenticCommerce.Job memory job = kernel.getJob(jobId);
            if (isFunded(job)) assertTrue(job.expiredAt <= block.timestamp + 365 days, "bounded");
        }
    }

    /// @dev Books that balance because nothing happens would prove nothing.
    function test_Handler_ReachesEveryStep() public {
        for (uint256 i; i < 600; i++) {
            uint128 seed = uint128(uint256(keccak256(abi.encode(i))));
            uint256 step = i % 11;
            if (step == 0) handler.createPlain(seed, uint96(seed), uint32(seed));
            else if (step == 1) handler.createUnderTerms(seed, uint96(seed), uint8(seed));
            else if (step == 2) handler.setBudget(seed, uint96(seed));
            else if (step < 5) handler.fund(seed);
            else if (step < 7) handler.submit(seed);
            else if (step == 7) seed % 2 == 0 ? handler.complete(seed) : handler.validateAndSettle(seed, uint8(seed));
            else if (step == 8) seed % 2 == 0 ? handler.reject(seed) : handler.claimRefund(seed);
            else if (step == 9) handler.toggleBlacklist(seed);
            else seed % 2 == 0 ? handler.withdraw(seed) : handler.wait(uint32(seed) / 8);
        }
        string[10] memory steps = [
            "create",
            "createUnderTerms",
            "setBudget",
            "fund",
            "submit",
            "complete",
            "settle",
            "reject",
            "claimRefund",
            "withdraw"
        ];
        for (uint256 i; i < steps.length; i++) {
            assertTrue(handler.successes(steps[i]) != 0, steps[i]);
        }
        invariant_MoneyInEqualsMoneyOutPlusHeld();
        afterInvariant();
    }

    /// @dev Whatever happened before: after the last expiry anyone empties the escrow, and every client is whole.
    function afterInvariant() public {
        vm.warp(block.timestamp + 366 days);
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IAgenticCommerce.Job memory job = kernel.getJob(jobId);
            if (!isFunded(job)) continue;
            uint256 owed = usdc.balanceOf(job.client) + kernel.withdrawable(job.client);
            vm.prank(stranger);
            kernel.claimRefund(jobId);
            uint256 has = usdc.balanceOf(job.client) + kernel.withdrawable(job.client);
            assertEq(has, owed + job.budget, "refund");
        }
        assertEq(usdc.balanceOf(address(kernel)), credits(), "only credits are left");
        for (uint256 i; i < handler.PEOPLE(); i++) {
            address account = handler.person(i);
            if (kernel.withdrawable(account) == 0) continue;
            usdc.unBlacklist(account);
            vm.prank(account);
            kernel.withdraw();
        }
        assertEq(usdc.balanceOf(address(kernel)), 0, "empty");
    }

    function isFunded(IAgenticCommerce.Job memory job) private pure returns (bool) {
        return job.status == IAgenticCommerce.JobStatus.Funded || job.status == IAgenticCommerce.JobStatus.Submitted;
    }

    function credits() private view returns (uint256 sum) {
        for (uint256 i; i < handler.PEOPLE(); i++) {
            sum += kernel.withdrawable(handler.person(i));
        }
    }
}
