// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IJobTemplates} from "../src/interfaces/IJobTemplates.sol";
import {IPayouts} from "../src/interfaces/IPayouts.sol";
import {ITreasury} from "../src/interfaces/ITreasury.sol";
import {DisputeFixture} from "./support/DisputeFixture.sol";

/// @dev Poses as a contract that owes the treasury something, and calls back while it is collected from.
contract HostilePayouts {
    ITreasury private immutable _TREASURY;
    bytes private _call;
    bool public succeeded;

    constructor(ITreasury treasury_, bytes memory call_) {
        (_TREASURY, _call) = (treasury_, call_);
    }

    function withdraw() external {
        (succeeded,) = address(_TREASURY).call(_call);
    }
}

/// @dev Attacks that combine roles or contracts.
contract CommerceAttacksTest is DisputeFixture {
    /// @dev The client is the creator of the template, and would get a tenth of the price back.
    function test_AClientCannotTaxTheOfferItTakes() public {
        ICourt.Proposal memory offer = proposal();
        vm.prank(client);
        uint32 templateId = templates.create("t", "", offer.rules, 0);
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        job.templateId = templateId;
        signOffer(job, offer, 7);
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TemplateFeeTooHigh.selector, 1_000));
        vm.prank(client);
        templates.update(templateId, "t", "", offer.rules, 1_000);

        uint256 jobId = courtJob(job, offer);
        fund(jobId);
        submit(jobId);
        uint256 before = usdc.balanceOf(provider);
        validate(jobId, 90);
        assertEq(usdc.balanceOf(provider) - before, BUDGET, "all that was signed");
    }

    function test_CollectingFromAHostileContractMovesNothing() public {
        usdc.mint(address(treasury), 50e6);
        treasury.sync();
        (uint256 reserve, uint256 fund_) = (treasury.reserve(), treasury.arbitrationFund());
        bytes[3] memory calls = [
            abi.encodeCall(ITreasury.withdraw, (stranger, 1)),
            abi.encodeCall(ITreasury.cover, (stranger, 1)),
            abi.encodeCall(ITreasury.rescue, (address(identity), stranger, 1))
        ];
        for (uint256 i; i < calls.length; i++) {
            HostilePayouts hostile = new HostilePayouts(treasury, calls[i]);
            treasury.collect(IPayouts(address(hostile)));
            assertTrue(!hostile.succeeded(), "refused");
        }
        HostilePayouts again = new HostilePayouts(treasury, abi.encodeCall(ITreasury.sync, ()));
        usdc.mint(address(treasury), 10e6);
        treasury.collect(IPayouts(address(again)));
        assertEq(treasury.reserve() + treasury.arbitrationFund(), reserve + fund_ + 10e6, "counted once");
    }

    /// @dev After a pause the provider has the time it had before, and the client no refund of it.
    function test_APauseMakesNoDeliveryLate() public {
        uint256 jobId = fundedJob();
        vm.warp(SUBMIT_BY - 1 hours);
        pauseKernel();
        vm.warp(SUBMIT_BY + 1 days);
        vm.prank(guardian);
        kernel.unpause();
        ICourt.Terms memory terms = termsOf(jobId);
        uint48 until = SUBMIT_BY + 25 hours + 1;
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotDecided.selector, jobId, until));
        court.settle(jobId, terms);
        vm.warp(until - 1);
        submit(jobId);
        assertStatus(jobId, IAgenticCommerce.JobStatus.Submitted);
    }

    /// @dev Both wanted to dispute; the signature of the second brings its bond as an answer, once, and to no other
    /// job.
    function test_ASignedBondIsPostedOnceWhicheverSideCameFirst() public {
        uint256 jobId = submittedJob();
        vm.warp(block.timestamp + 6 hours);
        IDisputes.BondPayment memory bond = signedBond(CLIENT_KEY, jobId, EVIDENCE);
        open(jobId, provider);
        ICourt.Terms memory terms = termsOf(jobId);
        uint256 before = usdc.balanceOf(client);
        vm.prank(stranger);
        disputes.answer(jobId, terms, EVIDENCE, EVIDENCE_URI, bond);
        assertEq(before - usdc.balanceOf(client), BOND, "one bond");
        assertEq(disputes.getDispute(jobId).respondent, client, "the client's");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyAnswered.selector, jobId));
        vm.prank(stranger);
        disputes.answer(jobId, terms, EVIDENCE, EVIDENCE_URI, bond);
    }
}
