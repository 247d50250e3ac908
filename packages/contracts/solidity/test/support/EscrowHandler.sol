// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgenticCommerce} from "../../src/AgenticCommerce.sol";
import {Court} from "../../src/Court.sol";
import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {TestUSDC} from "../../src/TestUSDC.sol";
import {Test} from "./Test.sol";

/// @dev Random people do random things to random jobs; every pull and payout is booked here a second time.
contract EscrowHandler is Test {
    uint256 public constant PEOPLE = 4;

    AgenticCommerce private immutable KERNEL;
    Court private immutable COURT;
    TestUSDC private immutable USDC;

    uint256 public pulled;
    uint256 public released;
    mapping(string step => uint256 count) public successes;

    constructor(AgenticCommerce kernel, Court court, TestUSDC usdc) {
        (KERNEL, COURT, USDC) = (kernel, court, usdc);
    }

    function person(uint256 seed) public pure returns (address) {
        return vm.addr(keyOf(seed));
    }

    function createPlain(uint128 seed, uint96 budget, uint32 duration) external {
        uint256 expiredAt = block.timestamp + bound(duration, 1, 30 days);
        vm.prank(person(seed));
        KERNEL.createJobWithBudget(
            person(uint256(seed) + 1),
            person(uint256(seed) + (seed >> 8)),
            expiredAt,
            "",
            address(0),
            bound(budget, 0, 1e12),
            ""
        );
        successes["create"]++;
    }

    function createUnderTerms(uint128 seed, uint96 budget, uint8 threshold) external {
        ICourt.Proposal memory terms = ICourt.Proposal(
            person(uint256(seed) + 2), uint8(bound(threshold, 0, 100)), uint48(block.timestamp + 5 days), 0, false, 0
        );
        address court = address(COURT);
        uint256 expiredAt = block.timestamp + 10 days;
        vm.prank(person(seed));
        uint256 jobId = KERNEL.createJobWithBudget(
            person(uint256(seed) + 1), court, expiredAt, "", court, bound(budget, 1, 1e12), abi.encode(terms)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf(uint256(seed) + 1), COURT.termsDigest(jobId));
        COURT.accept(jobId, abi.encodePacked(r, s, v));
        successes["createUnderTerms"]++;
    }

    function setBudget(uint128 seed, uint96 amount) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        attempt("setBudget", job.provider, abi.encodeCall(KERNEL.setBudget, (jobId, bound(amount, 0, 1e12), "")));
    }

    function fund(uint128 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (!USDC.isBlacklisted(job.client)) USDC.mint(job.client, job.budget);
        vm.prank(job.client);
        USDC.approve(address(KERNEL), job.budget);
        if (attempt("fund", job.client, abi.encodeCall(KERNEL.fund, (jobId, job.budget, "")))) pulled += job.budget;
    }

    function submit(uint128 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        attempt("submit", job.provider, abi.encodeCall(KERNEL.submit, (jobId, 0, "")));
    }

    function complete(uint128 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        if (attempt("complete", job.evaluator, abi.encodeCall(KERNEL.complete, (jobId, 0, "")))) {
            released += job.budget;
        }
    }

    function reject(uint128 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        bool open = job.status == IAgenticCommerce.JobStatus.Open;
        address rejector = open ? job.client : job.evaluator;
        bool rejected = attempt("reject", rejector, abi.encodeCall(KERNEL.reject, (jobId, 0, "")));
        if (rejected && !open) released += job.budget;
    }

    function validateAndSettle(uint128 seed, uint8 score) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        bytes memory data = abi.encodeCall(COURT.validateAndSettle, (jobId, uint8(bound(score, 0, 100)), 0, ""));
        vm.prank(COURT.getAgreement(jobId).validator);
        (bool ok,) = address(COURT).call(data);
        if (ok) (released, successes["settle"]) = (released + job.budget, successes["settle"] + 1);
    }

    function claimRefund(uint128 seed) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        bytes memory data = abi.encodeCall(KERNEL.claimRefund, (jobId));
        if (attempt("claimRefund", person(seed >> 16), data)) released += job.budget;
    }

    /// @dev Nobody but the right person at the right time may get through; a success here would break the books.
    function trespass(uint128 seed, uint256 call) external {
        (uint256 jobId, IAgenticCommerce.Job memory job) = pick(seed);
        bytes[4] memory calls = [
            abi.encodeCall(KERNEL.fund, (jobId, job.budget, "")),
            abi.encodeCall(KERNEL.submit, (jobId, 0, "")),
            abi.encodeCall(KERNEL.complete, (jobId, 0, "")),
            abi.encodeCall(KERNEL.reject, (jobId, 0, ""))
        ];
        vm.prank(address(0xBAD));
        (bool ok,) = address(KERNEL).call(calls[call % calls.length]);
        assertTrue(!ok, "trespass");
    }

    function withdraw(uint128 seed) external {
        attempt("withdraw", person(seed), abi.encodeCall(KERNEL.withdraw, ()));
    }

    function toggleBlacklist(uint128 seed) external {
        address account = person(seed);
        if (USDC.isBlacklisted(account)) USDC.unBlacklist(account);
        else if (seed % 3 == 0) USDC.blacklist(account);
    }

    function setFee(uint16 feeBps) external {
        vm.prank(KERNEL.owner());
        KERNEL.setPlatformFee(uint16(bound(feeBps, 0, 1_000)), address(0xFEE));
    }

    function wait(uint32 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 4 days));
    }

    function attempt(string memory step, address caller, bytes memory data) private returns (bool ok) {
        vm.prank(caller);
        (ok,) = address(KERNEL).call(data);
        if (ok) successes[step]++;
    }

    /// @dev A fresh plain job when there is none yet, so that no call is wasted.
    function pick(uint128 seed) private returns (uint256 jobId, IAgenticCommerce.Job memory job) {
        if (KERNEL.jobCount() == 0) this.createPlain(seed, 1e6, 1 days);
        jobId = 1 + (seed % KERNEL.jobCount());
        job = KERNEL.getJob(jobId);
    }

    function keyOf(uint256 seed) private pure returns (uint256) {
        return 1 + (seed % PEOPLE);
    }
}
