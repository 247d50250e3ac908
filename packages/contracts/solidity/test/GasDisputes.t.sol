// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev Records what each step of each tier costs, each as a transaction of its own.
/// forge-config: default.isolate = true
contract GasDisputesTest is DisputeFixture {
    function test_Gas_OfRevalidation() public {
        uint256 jobId = openedWithTier();
        record("open, with re-validators");
        answer(jobId, client);
        record("answer");
        revalidate(jobId, 0, 100);
        record("revalidate");
        revalidate(jobId, 1, 100);
        record("revalidate, decided");
        warpToDeadline(jobId);
        finalize(jobId);
        record("finalize, re-validation stands");
    }

    function test_Gas_OfArbitration() public {
        uint256 jobId = openedByProvider();
        record("open, with arbitrators");
        answer(jobId, client);
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        record("captureEntropy");
        warpToDeadline(jobId);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        record("assignArbitrator");
        warpToDeadline(jobId);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        record("assignArbitrator, the last one missed");
        address second = disputes.getDispute(jobId).arbitrator;
        rule(jobId, second, 40);
        record("rule");
    }

    function test_Gas_OfDefaultAndRelease() public {
        uint256 jobId = openedByProvider();
        vm.roll(block.number + 257);
        warpToDeadline(jobId);
        finalize(jobId);
        record("finalize, default");
        jobId = openedWithTier();
        warpToDeadline(jobId);
        escalate(jobId, stranger);
        record("escalate");
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        disputes.releaseBonds(jobId);
        record("releaseBonds");
    }

    function test_Gas_OfSeats() public {
        seat(stranger, STAKE);
        record("join");
        vm.prank(stranger);
        pool.requestLeave();
        record("requestLeave");
    }

    function record(string memory name) private {
        vm.snapshotGasLastCall("disputes", name);
    }
}
