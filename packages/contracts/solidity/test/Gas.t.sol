// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Records what each transaction of a job costs, each as a transaction of its own.
/// forge-config: default.isolate = true
contract GasTest is Fixture {
    function test_Gas_OfEachStep() public {
        ICourt.Proposal memory terms = proposal();
        vm.prank(provider);
        (terms.hasAgentId, terms.providerAgentId) = (true, identity.register("ipfs://agent"));
        uint256 jobId = courtJob(terms);
        record("createJobWithBudget");
        bytes memory signature = consent(jobId);
        court.accept(jobId, signature);
        record("accept");
        signature = authorize(jobId, BUDGET);
        vm.prank(client);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "");
        record("fundWithAuthorization");
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, abi.encode(EVIDENCE_URI));
        record("submit");
        validateAndSettle(jobId, 90);
        record("validateAndSettle, first feedback");

        jobId = courtJob(terms);
        accept(jobId);
        fund(jobId);
        record("fund");
        submit(jobId);
        validate(jobId, 10);
        record("validate");
        court.settle(jobId);
        record("settle, rejected");

        jobId = fundedJob();
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        record("claimRefund");
    }

    function record(string memory name) private {
        vm.snapshotGasLastCall("gas", name);
    }
}
