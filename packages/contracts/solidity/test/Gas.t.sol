// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev Records what each transaction of a job costs, each as a transaction of its own, and whole paths.
/// forge-config: default.isolate = true
contract GasTest is Fixture {
    uint256 private path;

    function setUp() public override {
        super.setUp();
        // Balances that are zero the first time cost a payee 17,100 gas once in its life.
        usdc.mint(provider, 1);
        usdc.mint(validator, 1);
        usdc.mint(address(kernel), 1);
        usdc.mint(address(court), 1);
    }

    function test_Gas_ThreeTransactions() public {
        hireByOffer();
        uint256 jobId = kernel.jobCount();
        submit(jobId);
        record("submit");
        validate(jobId, 90);
        record("validate, passes and pays");
        total("path: offer, createAndFund, submit, validate");
    }

    function test_Gas_ThreeTransactionsWithBothAgents() public {
        ICourt.Proposal memory offer = proposal();
        (offer.hasClientAgent, offer.clientAgentId) = (true, registerAgent(client));
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        (job.hasAgentId, job.agentId) = (true, registerAgent(provider));
        signOffer(job, offer, 1);
        uint256 jobId = createAndFund(job, offer);
        record("createAndFund, both agents");
        submit(jobId);
        record("submit, agent");
        validate(jobId, 90);
        record("validate, first feedback about both");
        total("path: as above, with feedback about both");
    }

    function test_Gas_EachStepByItself() public {
        uint256 jobId = courtJob();
        record("createJobWithBudget");
        bytes memory signature = consent(jobId);
        court.accept(jobId, signature);
        record("accept");
        signature = authorize(jobId, BUDGET + VALIDATOR_FEE);
        vm.prank(client);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, EXPIRED_AT, signature, "");
        record("fundWithAuthorization");
        submit(jobId);
        record("submit, separate");
        validate(jobId, 10);
        record("validate, fails");
        vm.warp(START + 12 hours);
        settle(jobId);
        record("settle, refunds");
        total("path: proposed, accepted, funded, failed, refunded");

        jobId = acceptedJob();
        fund(jobId);
        record("fund");
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobId);
        record("claimRefund");
    }

    function test_Gas_PlainJob() public {
        uint256 jobId = plainJob();
        record("plain createJobWithBudget");
        fund(jobId);
        record("plain fund");
        submit(jobId);
        record("plain submit");
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
        record("plain complete");
        total("path: plain job");
    }

    function test_Gas_ByAgreement() public {
        hireByOffer();
        path = 0;
        uint256 jobId = kernel.jobCount();
        bytes memory ofClient = extension(CLIENT_KEY, jobId, EXPIRED_AT + 1 days, "");
        bytes memory ofProvider = extension(PROVIDER_KEY, jobId, EXPIRED_AT + 1 days, "");
        kernel.extend(jobId, EXPIRED_AT + 1 days, block.timestamp + 60, "", ofClient, ofProvider);
        record("extend");
        ofClient = cancellation(CLIENT_KEY, jobId, BUDGET / 2);
        ofProvider = cancellation(PROVIDER_KEY, jobId, BUDGET / 2);
        kernel.cancel(jobId, BUDGET / 2, block.timestamp + 60, ofClient, ofProvider);
        record("cancel");
    }

    function hireByOffer() private {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        signOffer(job, offer, 1);
        createAndFund(job, offer);
        record("createAndFund");
    }

    function createAndFund(IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer)
        private
        returns (uint256 jobId)
    {
        bytes memory optParams = abi.encode(offer);
        bytes memory signature = authorizeWith(kernel.newJobNonce(job, optParams), BUDGET + VALIDATOR_FEE);
        jobId = kernel.createAndFund(job, IAgenticCommerce.Payment(client, 0, EXPIRED_AT, signature), optParams);
        remember(jobId, termsFor(jobId, job, offer));
    }

    function record(string memory name) private {
        path += vm.snapshotGasLastCall("gas", name);
    }

    function total(string memory name) private {
        vm.snapshotValue("gas", name, path);
        path = 0;
    }
}
