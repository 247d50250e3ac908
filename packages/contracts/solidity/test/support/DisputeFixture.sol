// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {Fixture} from "./Fixture.sol";

/// @dev Three seated arbitrators, bonds at hand, and the steps of a dispute as one-liners.
abstract contract DisputeFixture is Fixture {
    uint256 internal constant BOND = BUDGET / 10;
    uint256 internal constant STAKE = 100e6;
    uint256 internal constant PARTY_FUNDS = 500e6;
    bytes32 internal constant RATIONALE = keccak256("rationale");
    string internal constant RATIONALE_URI = "ipfs://rationale";

    address[3] internal revalidators = [vm.addr(0x2E1), vm.addr(0x2E2), vm.addr(0x2E3)];

    function setUp() public virtual override {
        super.setUp();
        prepareDisputes();
    }

    function prepareDisputes() internal {
        usdc.mint(client, PARTY_FUNDS);
        usdc.mint(provider, PARTY_FUNDS);
        approveDisputes(client);
        approveDisputes(provider);
        for (uint256 i; i < 3; i++) {
            seat(arbitratorAt(i), STAKE);
        }
        vm.warp(block.timestamp + 1);
    }

    function arbitratorAt(uint256 index) internal pure returns (address) {
        return vm.addr(0xA2B + index);
    }

    function approveDisputes(address account) internal {
        vm.prank(account);
        usdc.approve(address(disputes), type(uint256).max);
    }

    function seat(address account, uint256 stake) internal {
        usdc.mint(account, stake);
        vm.prank(account);
        usdc.approve(address(pool), type(uint256).max);
        vm.prank(account);
        pool.join(stake);
    }

    /// @dev The default rules with a first tier of three, two of whom decide.
    function tieredRules() internal view returns (ICourt.Rules memory rules) {
        rules = defaultRules();
        rules.revalidators = new address[](3);
        for (uint256 i; i < 3; i++) {
            rules.revalidators[i] = revalidators[i];
        }
        rules.requiredRepasses = 2;
    }

    function openedByProvider() internal returns (uint256 jobId) {
        jobId = failedJob(proposal());
        open(jobId, provider);
    }

    /// @dev The validator stayed silent, which gives the client half; it wants all.
    function openedByClient() internal returns (uint256 jobId) {
        jobId = submittedJob();
        vm.warp(block.timestamp + 6 hours);
        open(jobId, client);
    }

    function openedWithTier() internal returns (uint256 jobId) {
        jobId = failedJob(proposal(tieredRules()));
        open(jobId, provider);
    }

    /// @dev An arbitrator sits over a dispute that the provider opened.
    function assigned() internal returns (uint256 jobId, address arbitrator) {
        jobId = openedByProvider();
        arbitrator = assign(jobId);
    }

    function answeredAndAssigned() internal returns (uint256 jobId, address arbitrator) {
        jobId = openedByProvider();
        answer(jobId, client);
        arbitrator = assign(jobId);
    }

    function allowance() internal pure returns (IDisputes.BondPayment memory) {
        return IDisputes.BondPayment(0, 0, "");
    }

    function open(uint256 jobId, address by) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(by);
        disputes.open(jobId, terms, by != client, EVIDENCE, EVIDENCE_URI, allowance());
    }

    function answer(uint256 jobId, address by) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(by);
        disputes.answer(jobId, terms, EVIDENCE, EVIDENCE_URI, allowance());
    }

    function revalidate(uint256 jobId, uint256 index, uint8 score) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(revalidators[index]);
        disputes.revalidate(jobId, terms, score, EVIDENCE, EVIDENCE_URI);
    }

    function escalate(uint256 jobId, address by) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(by);
        disputes.escalate(jobId, terms);
    }

    /// @dev Records the entropy in the next block and assigns when evidence is complete.
    function assign(uint256 jobId) internal returns (address) {
        vm.roll(block.number + 1);
        disputes.captureEntropy(jobId);
        return assignNext(jobId);
    }

    function assignNext(uint256 jobId) internal returns (address) {
        warpToDeadline(jobId);
        disputes.assignArbitrator(jobId, termsOf(jobId));
        return disputes.getDispute(jobId).arbitrator;
    }

    function rule(uint256 jobId, address by, uint8 percent) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(by);
        disputes.rule(jobId, terms, percent, RATIONALE, RATIONALE_URI);
    }

    function finalize(uint256 jobId) internal {
        disputes.finalize(jobId, termsOf(jobId));
    }

    function warpToDeadline(uint256 jobId) internal {
        vm.warp(disputes.getDispute(jobId).deadline + kernel.pausedSeconds());
    }

    /// @dev A bond of the default rules, signed by a party.
    function signedBond(uint256 key, uint256 jobId, bytes32 evidenceHash)
        internal
        view
        returns (IDisputes.BondPayment memory)
    {
        bytes32 nonce = disputes.bondNonce(jobId, evidenceHash);
        return IDisputes.BondPayment(0, EXPIRED_AT, authorizeAs(key, address(disputes), BOND, nonce));
    }

    /// @dev So that a revert can be expected of one call, although the terms come from storage.
    function attempt(address by, bytes memory data) internal returns (bytes memory reason) {
        vm.prank(by);
        (bool ok, bytes memory result) = address(disputes).call(data);
        return ok ? bytes("") : result;
    }

    function assertRefused(address by, bytes memory data, bytes memory reason) internal {
        assertEq(attempt(by, data), reason, "refusal");
    }

    function assertRefusedWith(address by, bytes memory data, bytes4 selector) internal {
        assertEq(bytes32(bytes4(attempt(by, data))), bytes32(selector), "refusal");
    }

    function callOf(bytes4 selector, uint256 jobId) internal view returns (bytes memory) {
        return abi.encodeWithSelector(selector, jobId, termsOf(jobId));
    }

    function openCall(uint256 jobId, bool byProvider) internal view returns (bytes memory) {
        return abi.encodeCall(IDisputes.open, (jobId, termsOf(jobId), byProvider, EVIDENCE, EVIDENCE_URI, allowance()));
    }

    function answerCall(uint256 jobId) internal view returns (bytes memory) {
        return abi.encodeCall(IDisputes.answer, (jobId, termsOf(jobId), EVIDENCE, EVIDENCE_URI, allowance()));
    }

    function revalidateCall(uint256 jobId, uint8 score) internal view returns (bytes memory) {
        return abi.encodeCall(IDisputes.revalidate, (jobId, termsOf(jobId), score, EVIDENCE, EVIDENCE_URI));
    }

    function ruleCall(uint256 jobId, uint8 percent) internal view returns (bytes memory) {
        return abi.encodeCall(IDisputes.rule, (jobId, termsOf(jobId), percent, RATIONALE, RATIONALE_URI));
    }

    function assertStage(uint256 jobId, IDisputes.Stage stage) internal view {
        assertEq(uint256(disputes.getDispute(jobId).stage), uint256(stage), "stage");
    }

    function assertEnded(uint256 jobId) internal view {
        assertTrue(kernel.getJob(jobId).status >= IAgenticCommerce.JobStatus.Completed, "job ended");
        assertStage(jobId, IDisputes.Stage.Closed);
        assertEq(usdc.balanceOf(address(disputes)), 0, "no bond left behind");
    }
}
