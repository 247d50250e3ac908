// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev The shortest ways through a job.
contract JourneysTest is Fixture {
    function test_ThreeTransactions_FromOfferToPayment() public {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        signOffer(job, offer, 7);
        bytes memory optParams = abi.encode(offer);
        bytes memory signature = authorizeWith(kernel.newJobNonce(job, optParams), BUDGET + VALIDATOR_FEE);
        vm.prank(stranger);
        uint256 jobId = kernel.createAndFund(job, IAgenticCommerce.Payment(client, 0, EXPIRED_AT, signature), optParams);
        remember(jobId, termsFor(jobId, job, offer));
        assertPhase(jobId, ICourt.Phase.Accepted);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        submit(jobId);
        validate(jobId, 90);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
        assertBalances(CLIENT_FUNDS - BUDGET - VALIDATOR_FEE, BUDGET);
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "validator");
    }

    function test_AFailRefundsAfterTheDisputeWindow() public {
        uint256 jobId = failedJob(proposal());
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, START + 6 hours));
        this.settleExternally(jobId);
        vm.warp(START + 6 hours);
        settle(jobId);
        assertBalances(CLIENT_FUNDS - VALIDATOR_FEE, 0);
        assertEq(usdc.balanceOf(validator), VALIDATOR_FEE, "validator");
    }

    function settleExternally(uint256 jobId) external {
        settle(jobId);
    }
}
