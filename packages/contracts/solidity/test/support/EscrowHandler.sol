// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {IPayouts} from "../../src/interfaces/IPayouts.sol";
import {CallbackToken} from "./CallbackToken.sol";
import {DisputeFixture} from "./DisputeFixture.sol";
import {HostileHook} from "./Hooks.sol";

/// @dev Everybody of the whole market does random things to random jobs, most of them refused: parties, hostile
/// validators, arbitrators, evaluators, hooks and payees, a token that calls back, a guardian and an owner.
contract EscrowHandler is DisputeFixture {
    uint256 public constant MAX_JOBS = 1_000;
    uint256 public constant ARBITRATORS = 4;
    uint256 private constant YOUNGEST = 6;
    uint16 private constant TEMPLATE_FEE_BPS = 500;

    CallbackToken public token;
    HostileHook public hook;
    address public creator = vm.addr(0xCEA);

    mapping(uint256 jobId => bool) public underTerms;
    mapping(string step => uint256 count) public successes;

    constructor() {
        setUp();
        setFee(250);
        templates.create("template", "", tieredRules(), TEMPLATE_FEE_BPS);
        templates.transfer(1, creator);
        usdc.mint(client, 1e12);
        usdc.mint(provider, 1e12);
        usdc.mint(address(token), 1e12);
        vm.prank(address(token));
        usdc.approve(address(kernel), type(uint256).max);
    }

    function setUp() public override {
        vm.warp(START);
        (token, hook) = (new CallbackToken(), new HostileHook());
        deployWith(token, address(0), address(0));
        prepareDisputes();
    }

    /// @dev The token may be client or evaluator, so that its callbacks are a party's.
    function createPlain(uint256 seed, uint96 budget) external {
        if (kernel.jobCount() == MAX_JOBS || seed % 7 > 2) return;
        IAgenticCommerce.NewJob memory job = newPlainJob();
        if (seed % 2 == 0) job.evaluator = address(token);
        if (seed % 3 == 0) job.hook = address(hook);
        (job.budget, job.evaluatorFee) = (bound(budget, 1, 1e9), seed % 1e6);
        job.expiredAt = uint48(block.timestamp + bound(seed >> 8, 1 hours, 5 days));
        act("createPlain", seed % 5 == 0 ? address(token) : client, kernelCall(job, ""));
    }

    function createUnderTerms(uint256 seed, uint96 budget) external {
        if (kernel.jobCount() == MAX_JOBS) return;
        bool templated = seed % 4 == 0;
        ICourt.Rules memory rules = templated || seed % 4 == 1 ? tieredRules() : defaultRules();
        if (seed % 4 == 2) rules = rulesWithoutDisputes();
        if (!templated) rules.silencePercent = uint8(seed % 101);
        ICourt.Proposal memory offer = proposal(rules);
        offer.submitBy = uint48(block.timestamp + 6 hours);
        IAgenticCommerce.NewJob memory job = newCourtJob(rules);
        (job.budget, job.templateId) = (bound(budget, 1, 5e8), templated ? 1 : 0);
        job.expiredAt = uint48(block.timestamp + 5 days);
        signOffer(job, offer, kernel.jobCount() + 1);
        if (!act("createUnderTerms", client, kernelCall(job, abi.encode(offer)))) return;
        uint256 jobId = kernel.jobCount();
        underTerms[jobId] = true;
        remember(jobId, termsFor(0, job, offer));
        // Most jobs get this far, or few sequences would reach a dispute.
        if (seed >> 254 == 0) return;
        act("fund", client, abi.encodeCall(kernel.fund, (jobId, job.budget, "")));
        act("submit", provider, abi.encodeCall(kernel.submit, (jobId, DELIVERABLE, "")));
    }

    function fundOne(uint256 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (jobId != 0) act("fund", job.client, abi.encodeCall(kernel.fund, (jobId, job.budget, "")));
    }

    function submitOne(uint256 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (jobId != 0) act("submit", job.provider, abi.encodeCall(kernel.submit, (jobId, DELIVERABLE, "")));
    }

    function evaluateOne(uint256 seed, uint256 amount) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (jobId == 0 || underTerms[jobId]) return;
        bytes memory data = abi.encodeCall(kernel.completeSplit, (jobId, bound(amount, 0, job.budget), 0, ""));
        if (seed >> 254 == 0) data = abi.encodeCall(kernel.complete, (jobId, 0, ""));
        if (seed >> 254 == 1) data = abi.encodeCall(kernel.reject, (jobId, 0, ""));
        act("evaluate", job.evaluator, data);
    }

    function validateOne(uint256 seed, uint8 score) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        bytes memory data = abi.encodeCall(
            court.validate, (jobId, termsOf(jobId), uint8(bound(score, 0, 101)), EVIDENCE, EVIDENCE_URI)
        );
        actOn("validate", address(court), validator, data);
    }

    function settleOne(uint256 seed) external {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        actOn("settle", address(court), stranger, abi.encodeCall(court.settle, (jobId, termsOf(jobId))));
    }

    function cancelOne(uint256 seed, uint256 amount) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (jobId == 0 || job.client != client || seed >> 253 != 0) return;
        uint256 providerAmount = bound(amount, 0, job.budget);
        bytes memory signature = cancellation(PROVIDER_KEY, jobId, providerAmount);
        bytes memory data = abi.encodeCall(kernel.cancel, (jobId, providerAmount, block.timestamp + 60, "", signature));
        act("cancel", client, data);
    }

    function claimOne(uint256 seed) external {
        act("claimRefund", stranger, abi.encodeCall(kernel.claimRefund, (pickOld(seed))));
    }

    function openOne(uint256 seed) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        bool byProvider = seed >> 255 == 0;
        dispute("open", byProvider ? provider : client, openCall(jobId, byProvider));
    }

    function answerOne(uint256 seed) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        bool toProvider = disputes.getDispute(jobId).openerIsProvider;
        dispute("answer", toProvider ? client : provider, answerCall(jobId));
    }

    function revalidateOne(uint256 seed, uint8 score) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        dispute("revalidate", revalidators[(seed >> 128) % 3], revalidateCall(jobId, uint8(bound(score, 0, 100))));
    }

    function escalateOne(uint256 seed) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        dispute("escalate", seed >> 255 == 0 ? client : provider, callOf(IDisputes.escalate.selector, jobId));
    }

    function assignOne(uint256 seed) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        dispute("captureEntropy", stranger, abi.encodeCall(disputes.captureEntropy, (jobId)));
        dispute("assign", stranger, callOf(IDisputes.assignArbitrator.selector, jobId));
    }

    function ruleOne(uint256 seed, uint8 percent) public {
        uint256 jobId = pickUnderTerms(seed);
        if (jobId == 0) return;
        address by = disputes.getDispute(jobId).arbitrator;
        dispute("rule", by, ruleCall(jobId, uint8(bound(percent, 0, 101))));
    }

    /// @dev One job as far as it goes now, or few sequences would get through all tiers.
    function carryOn(uint256 seed, uint8 score) external {
        validateOne(seed, score % 70);
        openOne(seed);
        openOne(seed ^ (1 << 255));
        if (score % 2 == 0) answerOne(seed);
        for (uint256 i; i < 3; i++) {
            revalidateOne(seed ^ (i << 128), score);
        }
        if (score % 5 < 2) escalateOne(seed);
        if (score % 5 < 2) escalateOne(seed ^ (1 << 255));
        assignOne(seed);
        if (score % 4 != 0) ruleOne(seed, score % 101);
    }

    function finalizeOne(uint256 seed) external {
        uint256 jobId = pickOld(seed);
        if (underTerms[jobId]) dispute("finalize", stranger, callOf(IDisputes.finalize.selector, jobId));
    }

    function releaseOne(uint256 seed) external {
        uint256 jobId = pickOld(seed);
        if (underTerms[jobId]) dispute("release", stranger, abi.encodeCall(disputes.releaseBonds, (jobId)));
    }

    function withdrawOne(uint256 seed) external {
        address account = person(seed);
        actOn("withdraw", vaultAt((seed >> 128) % 3), account, abi.encodeCall(kernel.withdraw, ()));
    }

    function toggleBlacklist(uint256 seed) external {
        address account = seed >> 253 == 0 ? address(treasury) : person(seed);
        if (usdc.isBlacklisted(account)) usdc.unBlacklist(account);
        else usdc.blacklist(account);
    }

    function setMood(uint256 seed) external {
        (uint256 jobId,) = pick(seed);
        hook.setMood(HostileHook.Mood((seed >> 128) % 5), callback(seed, jobId));
    }

    function setCallback(uint256 seed) external {
        (uint256 jobId,) = pick(seed);
        address[3] memory targets = [address(kernel), address(disputes), address(court)];
        token.callBackWith(seed >> 254 == 0 ? address(0) : targets[(seed >> 64) % 3], callback(seed, jobId));
    }

    function setPlatformFee(uint16 feeBps) external {
        setFee(uint16(bound(feeBps, 0, 1_000)));
    }

    function pauseOrGoOn(uint8 seed) external {
        bytes memory data = seed < 64 ? abi.encodeCall(kernel.pause, ()) : abi.encodeCall(kernel.unpause, ());
        if (seed < 80) act(seed < 64 ? "pause" : "unpause", guardian, data);
    }

    function wait(uint32 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 7 hours));
        vm.roll(block.number + bound(duration, 1, 60));
    }

    /// @dev Whatever happened before: long after the last expiry strangers end every job and everybody gets what waits.
    function drain() external {
        vm.warp(block.timestamp + 366 days);
        for (uint256 i; i < people(); i++) {
            usdc.unBlacklist(person(i));
        }
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            act("drain", stranger, abi.encodeCall(kernel.claimRefund, (jobId)));
            if (underTerms[jobId]) dispute("drain", stranger, abi.encodeCall(disputes.releaseBonds, (jobId)));
        }
        for (uint256 i; i < 3 * people(); i++) {
            actOn("drain", vaultAt(i % 3), person(i / 3), abi.encodeCall(kernel.withdraw, ()));
        }
        usdc.unBlacklist(address(treasury));
        for (uint256 i; i < 3; i++) {
            actOn("drain", address(treasury), stranger, abi.encodeCall(treasury.collect, (IPayouts(vaultAt(i)))));
        }
    }

    function people() public pure returns (uint256) {
        return 9 + ARBITRATORS;
    }

    /// @dev Everybody who may end up with money, and nobody else.
    function person(uint256 seed) public view returns (address) {
        uint256 index = seed % people();
        if (index < 3) return revalidators[index];
        if (index >= 9) return arbitratorAt(index - 9);
        return [client, provider, validator, evaluator, creator, address(token)][index - 3];
    }

    /// @dev Of kernel, court, disputes and pool.
    function heldBy(uint256 index) public view returns (uint256) {
        return usdc.balanceOf(vaultAt(index));
    }

    function owedBy(uint256 index) external view returns (uint256) {
        if (index == 3) return stakes();
        uint256 owed = credits(IPayouts(vaultAt(index)));
        if (index == 0) owed += escrowed();
        return index == 2 ? owed + bonds() : owed;
    }

    function heldByEverybody() external view returns (uint256 sum) {
        for (uint256 i; i < people(); i++) {
            sum += usdc.balanceOf(person(i));
        }
        sum += usdc.balanceOf(address(treasury));
        for (uint256 i; i < 4; i++) {
            sum += heldBy(i);
        }
    }

    function supply() external view returns (uint256) {
        return usdc.totalSupply();
    }

    function unended() external view returns (uint256 count) {
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            if (isHeld(kernel.getJob(jobId))) count++;
        }
    }

    function latestExpiry() external view returns (uint256 latest) {
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IAgenticCommerce.Job memory job = kernel.getJob(jobId);
            if (isHeld(job) && job.expiredAt > latest) latest = job.expiredAt;
        }
    }

    function busyArbitrators() external view returns (uint256 count) {
        for (uint256 i; i < ARBITRATORS; i++) {
            count += pool.getArbitrator(arbitratorAt(i)).open;
        }
    }

    function escrowed() private view returns (uint256 sum) {
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IAgenticCommerce.Job memory job = kernel.getJob(jobId);
            if (isHeld(job)) sum += job.budget + job.evaluatorFee;
        }
    }

    function bonds() private view returns (uint256 sum) {
        for (uint256 jobId = 1; jobId <= kernel.jobCount(); jobId++) {
            IDisputes.Dispute memory each = disputes.getDispute(jobId);
            if (each.stage != IDisputes.Stage.Closed) sum += each.answered ? 2 * uint256(each.bond) : each.bond;
        }
    }

    function stakes() private view returns (uint256 sum) {
        sum = pool.unsentSlashes();
        for (uint256 i; i < ARBITRATORS; i++) {
            sum += pool.getArbitrator(arbitratorAt(i)).stake;
        }
    }

    function credits(IPayouts payer) private view returns (uint256 sum) {
        for (uint256 i; i < people(); i++) {
            sum += payer.withdrawable(person(i));
        }
        sum += payer.withdrawable(address(treasury));
    }

    function vaultAt(uint256 index) private view returns (address) {
        return [address(kernel), address(court), address(disputes), address(pool)][index];
    }

    function isHeld(IAgenticCommerce.Job memory job) private pure returns (bool) {
        return job.status == IAgenticCommerce.JobStatus.Funded || job.status == IAgenticCommerce.JobStatus.Submitted;
    }

    /// @dev What a party would love to slip in between.
    function callback(uint256 seed, uint256 jobId) private view returns (bytes memory) {
        bytes[8] memory calls = [
            abi.encodeCall(kernel.claimRefund, (jobId)),
            abi.encodeCall(kernel.withdraw, ()),
            abi.encodeCall(kernel.complete, (jobId, 0, "")),
            abi.encodeCall(kernel.reject, (jobId, 0, "")),
            abi.encodeCall(disputes.releaseBonds, (jobId)),
            abi.encodeCall(disputes.captureEntropy, (jobId)),
            abi.encodeCall(kernel.completeSplit, (jobId, 1, 0, "")),
            abi.encodeCall(
                kernel.createAndFund, (newPlainJob(), IAgenticCommerce.Payment(address(token), 0, 0, ""), "")
            )
        ];
        return calls[(seed >> 32) % 8];
    }

    function kernelCall(IAgenticCommerce.NewJob memory job, bytes memory optParams)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(kernel.createJobWithBudget, (job, optParams));
    }

    function act(string memory step, address by, bytes memory data) private returns (bool) {
        return actOn(step, address(kernel), by, data);
    }

    function dispute(string memory step, address by, bytes memory data) private {
        actOn(step, address(disputes), by, data);
    }

    function actOn(string memory step, address target, address by, bytes memory data) private returns (bool ok) {
        vm.prank(by);
        (ok,) = target.call(data);
        if (ok) successes[step]++;
    }

    function pick(uint256 seed) private view returns (uint256 jobId, IAgenticCommerce.Job memory job) {
        uint256 count = kernel.jobCount();
        if (count == 0) return (0, job);
        jobId = count - ((seed >> 16) % (count < YOUNGEST ? count : YOUNGEST));
        job = kernel.getJob(jobId);
    }

    /// @dev Any job, because nobody else touches most of them any more; 0 before the first.
    function pickOld(uint256 seed) private view returns (uint256) {
        uint256 count = kernel.jobCount();
        return count == 0 ? 0 : 1 + ((seed >> 16) % count);
    }

    function pickUnderTerms(uint256 seed) private view returns (uint256 jobId) {
        (jobId,) = pick(seed);
        if (!underTerms[jobId]) return 0;
    }
}
