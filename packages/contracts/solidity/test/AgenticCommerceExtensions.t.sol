// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAgenticCommerce} from "../src/interfaces/IAgenticCommerce.sol";
import {IJobTemplates} from "../src/interfaces/IJobTemplates.sol";
import {Fixture} from "./support/Fixture.sol";
import {RecordingHook} from "./support/Hooks.sol";

/// @dev Templates whose own cap is broken.
contract GreedyTemplates {
    function getTemplate(uint32) external pure returns (IJobTemplates.Template memory) {
        return IJobTemplates.Template({creator: address(1), feeBps: 1_001, active: true, rulesHash: 0});
    }
}

/// @dev What the kernel adds to ERC-8183: one-step jobs, evaluator's fees, templates, splits, and what both sides sign.
contract AgenticCommerceExtensionsTest is Fixture {
    uint256 private constant FEE = 3e6;

    function test_CreateJobWithBudget_StoresEveryFieldInItsSlot() public {
        uint32 templateId = templates.create("", "", defaultRules(), 250);
        setFee(100);
        IAgenticCommerce.NewJob memory job = newPlainJob();
        (job.templateId, job.hasAgentId, job.agentId) = (templateId, true, type(uint64).max - 1);
        (job.budget, job.evaluatorFee, job.hook) = (type(uint96).max, type(uint96).max, address(new RecordingHook()));
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobDetails(1, templateId, type(uint64).max, type(uint96).max);
        uint256 jobId = create(job);
        IAgenticCommerce.Job memory stored = kernel.getJob(jobId);
        IAgenticCommerce.Job memory expected = IAgenticCommerce.Job({
            client: client,
            expiredAt: EXPIRED_AT,
            status: IAgenticCommerce.JobStatus.Open,
            feeBps: 100,
            templateFeeBps: 250,
            provider: provider,
            budget: type(uint96).max,
            evaluator: evaluator,
            templateId: templateId,
            agentKey: type(uint64).max,
            hook: job.hook,
            evaluatorFee: type(uint96).max
        });
        assertEq(abi.encode(stored), abi.encode(expected), "job");
    }

    function test_CreateJobWithBudget_ReportsTheEvaluatorAsHookToo() public {
        assertEq(kernel.getJob(courtJob()).hook, address(court), "hook");
    }

    function test_CreateJobWithBudget_RevertsForAmountsAndIdsThatDoNotFit() public {
        IAgenticCommerce.NewJob memory job = newPlainJob();
        (job.hasAgentId, job.agentId) = (true, type(uint64).max);
        expectRefused(job, abi.encodeWithSelector(IAgenticCommerce.AgentIdTooLarge.selector, job.agentId));
        job.hasAgentId = false;
        job.budget = uint256(type(uint96).max) + 1;
        expectRefused(job, abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, job.budget));
        (job.budget, job.evaluatorFee) = (1, job.budget);
        expectRefused(job, abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, 1 << 96));
    }

    function test_CreateAndFund_ByTheClientsAllowance() public {
        IAgenticCommerce.NewJob memory job = feeJob();
        vm.prank(client);
        uint256 jobId = kernel.createAndFund(job, IAgenticCommerce.Payment(client, 0, 0, ""), "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
        assertBalances(CLIENT_FUNDS - BUDGET - FEE, 0);
    }

    function test_CreateAndFund_NeverSpendsAnAllowanceForSomebodyElse() public {
        vm.expectRevert(unauthorized(1, stranger));
        vm.prank(stranger);
        kernel.createAndFund(feeJob(), IAgenticCommerce.Payment(client, 0, 0, ""), "");
    }

    function test_CreateAndFund_BySignatureMakesTheSignerTheClient() public {
        RecordingHook hook = new RecordingHook();
        IAgenticCommerce.NewJob memory job = feeJob();
        job.hook = address(hook);
        vm.prank(stranger);
        uint256 jobId = kernel.createAndFund(job, paymentFor(job, "terms"), "terms");
        assertEq(kernel.getJob(jobId).client, client, "client");
        assertEq(hook.count(), 4, "setBudget and fund, before and after");
        for (uint256 i; i < 4; i++) {
            assertEq(hook.callAt(i).actor, client, "actor");
        }
        assertEq(hook.callAt(0).data, abi.encode(BUDGET, bytes("terms")), "terms to setBudget");
        assertEq(hook.callAt(2).data, "", "nothing to fund");
    }

    function test_CreateAndFund_SignatureFitsThisJobOnceOnly() public {
        IAgenticCommerce.NewJob memory job = feeJob();
        IAgenticCommerce.Payment memory payment = paymentFor(job, "");
        kernel.createAndFund(job, payment, "");
        bytes32 nonce = kernel.newJobNonce(job, "");
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, client, nonce));
        kernel.createAndFund(job, payment, "");
    }

    function testFuzz_CreateAndFund_SignatureFitsNoOtherJob(uint8 change) public {
        IAgenticCommerce.NewJob memory job = feeJob();
        IAgenticCommerce.Payment memory payment = paymentFor(job, "terms");
        bytes memory optParams = "terms";
        change = uint8(bound(change, 0, 9));
        if (change == 0) job.provider = stranger;
        else if (change == 1) job.evaluator = stranger;
        else if (change == 2) job.hook = address(new RecordingHook());
        else if (change == 3) job.expiredAt++;
        else if (change == 4) (job.budget, job.evaluatorFee) = (job.budget + 1, job.evaluatorFee - 1);
        else if (change == 5) job.templateId = templates.create("", "", defaultRules(), 1_000);
        else if (change == 6) job.hasAgentId = true;
        else if (change == 7) job.agentId++;
        else if (change == 8) job.description = "another";
        else optParams = "others";
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        kernel.createAndFund(job, payment, optParams);
    }

    function test_EvaluatorFee_IsPulledBesideTheBudgetByEveryWayOfFunding() public {
        uint256[3] memory jobs = [create(feeJob()), create(feeJob()), create(feeJob())];
        fund(jobs[0]);
        vm.prank(client);
        usdc.approve(address(kernel), 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, permitDigest(BUDGET + FEE, EXPIRED_AT));
        vm.prank(client);
        kernel.fundWithPermit(jobs[1], BUDGET, EXPIRED_AT, v, r, s, "");
        bytes memory signature = authorize(jobs[2], BUDGET + FEE);
        kernel.fundWithAuthorization(jobs[2], BUDGET, 0, EXPIRED_AT, signature, "");
        assertEq(usdc.balanceOf(address(kernel)), 3 * (BUDGET + FEE), "escrow");
    }

    function test_FundWithAuthorization_WithoutASignatureIsTheClientsOwnAllowance() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, stranger));
        vm.prank(stranger);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, 0, "", "");
        vm.prank(client);
        kernel.fundWithAuthorization(jobId, BUDGET, 0, 0, "", "");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Funded);
    }

    function test_EvaluatorFee_GoesToTheEvaluatorThatDecides() public {
        uint256[3] memory jobs = [submittedFeeJob(), submittedFeeJob(), submittedFeeJob()];
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.EvaluatorFeePaid(jobs[0], evaluator, FEE);
        vm.prank(evaluator);
        kernel.complete(jobs[0], 0, "");
        vm.prank(evaluator);
        kernel.reject(jobs[1], 0, "");
        vm.prank(evaluator);
        kernel.completeSplit(jobs[2], BUDGET / 4, 0, "");
        assertEq(usdc.balanceOf(evaluator), 3 * FEE, "evaluator");
        assertBalances(CLIENT_FUNDS - 3 * FEE - BUDGET - BUDGET / 4, BUDGET + BUDGET / 4);
    }

    function test_EvaluatorFee_GoesBackWhenNobodyJudgedTheWork() public {
        uint256[3] memory jobs = [create(feeJob()), submittedFeeJob(), submittedFeeJob()];
        fund(jobs[0]);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.Refunded(jobs[0], client, BUDGET + FEE);
        vm.prank(evaluator);
        kernel.reject(jobs[0], 0, "");
        bytes memory byProvider = cancellation(PROVIDER_KEY, jobs[1], 0);
        vm.prank(client);
        kernel.cancel(jobs[1], 0, block.timestamp + 60, "", byProvider);
        vm.warp(EXPIRED_AT);
        kernel.claimRefund(jobs[2]);
        assertBalances(CLIENT_FUNDS, 0);
        assertEq(usdc.balanceOf(evaluator), 0, "evaluator");
    }

    function testFuzz_CompleteSplit_DividesToTheLastUnit(uint96 providerAmount, uint16 feeBps, uint16 templateBps)
        public
    {
        providerAmount = uint96(bound(providerAmount, 1, BUDGET));
        setFee(uint16(bound(feeBps, 0, 1_000)));
        vm.prank(stranger);
        uint32 templateId = templates.create("", "", defaultRules(), uint16(bound(templateBps, 0, 1_000)));
        IAgenticCommerce.NewJob memory job = feeJob();
        job.templateId = templateId;
        uint256 jobId = create(job);
        fund(jobId);
        submit(jobId);
        vm.prank(evaluator);
        kernel.completeSplit(jobId, providerAmount, "why", "");
        uint256 fee = (uint256(providerAmount) * kernel.platformFeeBps()) / 10_000;
        uint256 templateFee = (uint256(providerAmount) * templates.getTemplate(templateId).feeBps) / 10_000;
        assertBalances(CLIENT_FUNDS - FEE - providerAmount, providerAmount - fee - templateFee);
        assertEq(usdc.balanceOf(address(treasury)), fee, "treasury");
        assertEq(usdc.balanceOf(stranger), templateFee, "creator");
        assertEq(usdc.balanceOf(address(kernel)), 0, "nothing stays");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Completed);
    }

    function test_CompleteSplit_RevertsForAnybodyElseAndForImpossibleShares() public {
        uint256 jobId = submittedPlainJob();
        vm.expectRevert(unauthorized(jobId, provider));
        vm.prank(provider);
        kernel.completeSplit(jobId, BUDGET, 0, "");
        uint256[2] memory amounts = [uint256(0), BUDGET + 1];
        for (uint256 i; i < 2; i++) {
            vm.expectRevert(abi.encodeWithSelector(IAgenticCommerce.InvalidSplit.selector, jobId, amounts[i]));
            vm.prank(evaluator);
            kernel.completeSplit(jobId, amounts[i], 0, "");
        }
    }

    function test_Templates_FeeIsThatOfTheCreationAndGoesToTheCreatorOfThePayment() public {
        uint32 templateId = templates.create("t", "", defaultRules(), 500);
        IAgenticCommerce.NewJob memory job = newPlainJob();
        job.templateId = templateId;
        uint256 jobId = create(job);
        templates.update(templateId, "t", "", defaultRules(), 0);
        templates.setActive(templateId, false);
        templates.transfer(templateId, stranger);
        fund(jobId);
        submit(jobId);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.TemplateFeePaid(jobId, stranger, 5e6);
        vm.prank(evaluator);
        kernel.complete(jobId, 0, "");
        assertBalances(CLIENT_FUNDS - BUDGET, BUDGET - 5e6);
        expectRefused(job, abi.encodeWithSelector(IAgenticCommerce.TemplateInactive.selector, templateId));
        job.templateId = 9;
        expectRefused(job, abi.encodeWithSelector(IJobTemplates.TemplateNotFound.selector, 9));
    }

    function test_Templates_FeeIsCappedTogetherWithThePlatforms() public {
        setFee(1_000);
        IAgenticCommerce.NewJob memory job = newPlainJob();
        job.templateId = 1;
        vm.etch(address(templates), address(new GreedyTemplates()).code);
        expectRefused(job, abi.encodeWithSelector(IAgenticCommerce.FeesTooHigh.selector, 2_001));
    }

    function test_Decline_ByTheProviderWhileOpen() public {
        uint256 jobId = plainJob();
        vm.expectRevert(unauthorized(jobId, client));
        vm.prank(client);
        kernel.decline(jobId, 0);
        vm.expectEmit(address(kernel));
        emit IAgenticCommerce.JobDeclined(jobId, provider, "busy");
        vm.prank(provider);
        kernel.decline(jobId, "busy");
        assertStatus(jobId, IAgenticCommerce.JobStatus.Rejected);
        uint256 funded = fundedPlainJob();
        vm.expectRevert(notInStatus(funded, IAgenticCommerce.JobStatus.Funded));
        vm.prank(provider);
        kernel.decline(funded, 0);
    }

    function feeJob() private view returns (IAgenticCommerce.NewJob memory job) {
        job = newPlainJob();
        job.evaluatorFee = FEE;
    }

    function submittedFeeJob() private returns (uint256 jobId) {
        jobId = create(feeJob());
        fund(jobId);
        submit(jobId);
    }

    function paymentFor(IAgenticCommerce.NewJob memory job, bytes memory optParams)
        private
        view
        returns (IAgenticCommerce.Payment memory)
    {
        bytes memory signature = authorizeWith(kernel.newJobNonce(job, optParams), job.budget + job.evaluatorFee);
        return IAgenticCommerce.Payment(client, 0, EXPIRED_AT, signature);
    }

    function expectRefused(IAgenticCommerce.NewJob memory job, bytes memory refusal) private {
        vm.expectRevert(refusal);
        create(job);
    }
}
