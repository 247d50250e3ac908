// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgenticCommerce} from "../../src/AgenticCommerce.sol";
import {Court} from "../../src/Court.sol";
import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IdentityRegistry} from "../../src/local/IdentityRegistry.sol";
import {ReputationRegistry} from "../../src/local/ReputationRegistry.sol";
import {TestUSDC} from "../../src/TestUSDC.sol";
import {Test} from "./Test.sol";

/// @dev Everything deployed, four people with keys, and the steps of a job as one-liners.
abstract contract Fixture is Test {
    uint256 internal constant CLIENT_KEY = 0xC1;
    uint256 internal constant PROVIDER_KEY = 0xB0;
    uint256 internal constant BUDGET = 100e6;
    uint48 internal constant START = 1_800_000_000;
    uint48 internal constant SUBMIT_BY = START + 1 days;
    uint48 internal constant EXPIRED_AT = START + 3 days;
    bytes32 internal constant DELIVERABLE = keccak256("deliverable");
    bytes32 internal constant EVIDENCE = keccak256("evidence");
    string internal constant EVIDENCE_URI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

    address internal client = vm.addr(CLIENT_KEY);
    address internal provider = vm.addr(PROVIDER_KEY);
    address internal validator = vm.addr(0xD0);
    address internal evaluator = vm.addr(0xE0);
    address internal stranger = vm.addr(0xF0);
    address internal admin = vm.addr(0xA0);
    address internal treasury = vm.addr(0xFEE);

    TestUSDC internal usdc;
    IdentityRegistry internal identity;
    ReputationRegistry internal reputation;
    AgenticCommerce internal kernel;
    Court internal court;

    function setUp() public virtual {
        vm.warp(START);
        usdc = new TestUSDC();
        identity = new IdentityRegistry(admin);
        reputation = new ReputationRegistry(address(identity), admin);
        kernel = new AgenticCommerce(address(usdc), admin);
        court = new Court(address(kernel), address(identity), address(reputation));
        usdc.mint(client, 1_000e6);
        vm.prank(client);
        usdc.approve(address(kernel), type(uint256).max);
    }

    function plainJob() internal returns (uint256 jobId) {
        return plainJob(address(0));
    }

    function plainJob(address hook) internal returns (uint256 jobId) {
        vm.prank(client);
        jobId = kernel.createJobWithBudget(provider, evaluator, EXPIRED_AT, "plain", hook, BUDGET, "");
    }

    function fundedPlainJob() internal returns (uint256 jobId) {
        jobId = plainJob();
        fund(jobId);
    }

    function submittedPlainJob() internal returns (uint256 jobId) {
        jobId = fundedPlainJob();
        submit(jobId);
    }

    function proposal() internal view returns (ICourt.Proposal memory) {
        return ICourt.Proposal(validator, 70, SUBMIT_BY, keccak256("spec"), false, 0);
    }

    function courtJob() internal returns (uint256 jobId) {
        return courtJob(proposal());
    }

    function courtJob(ICourt.Proposal memory terms) internal returns (uint256 jobId) {
        vm.prank(client);
        return kernel.createJobWithBudget(
            provider, address(court), EXPIRED_AT, "court", address(court), BUDGET, abi.encode(terms)
        );
    }

    function acceptedJob() internal returns (uint256 jobId) {
        jobId = courtJob();
        accept(jobId);
    }

    function fundedJob() internal returns (uint256 jobId) {
        jobId = acceptedJob();
        fund(jobId);
    }

    function submittedJob() internal returns (uint256 jobId) {
        jobId = fundedJob();
        submit(jobId);
    }

    /// @dev A submitted job whose provider owns an ERC-8004 agent.
    function submittedAgentJob() internal returns (uint256 jobId, uint256 agentId) {
        vm.prank(provider);
        agentId = identity.register("ipfs://agent");
        ICourt.Proposal memory terms = proposal();
        (terms.hasAgentId, terms.providerAgentId) = (true, agentId);
        jobId = courtJob(terms);
        accept(jobId);
        fund(jobId);
        submit(jobId);
    }

    function consent(uint256 jobId) internal view returns (bytes memory) {
        return signed(PROVIDER_KEY, court.termsDigest(jobId));
    }

    function accept(uint256 jobId) internal {
        court.accept(jobId, consent(jobId));
    }

    function fund(uint256 jobId) internal {
        vm.prank(client);
        kernel.fund(jobId, BUDGET, "");
    }

    function submit(uint256 jobId) internal {
        vm.prank(provider);
        kernel.submit(jobId, DELIVERABLE, "");
    }

    function validate(uint256 jobId, uint8 score) internal {
        vm.prank(validator);
        court.validate(jobId, score, EVIDENCE, EVIDENCE_URI);
    }

    function validateAndSettle(uint256 jobId, uint8 score) internal {
        vm.prank(validator);
        court.validateAndSettle(jobId, score, EVIDENCE, EVIDENCE_URI);
    }

    function reasonOf(uint256 jobId, uint8 score) internal pure returns (bytes32) {
        return keccak256(abi.encode(jobId, score, EVIDENCE));
    }

    function assertStatus(uint256 jobId, IAgenticCommerce.JobStatus expected) internal view {
        assertEq(uint256(kernel.getJob(jobId).status), uint256(expected), "status");
    }

    function assertBalances(uint256 ofClient, uint256 ofProvider) internal view {
        assertEq(usdc.balanceOf(client), ofClient, "client balance");
        assertEq(usdc.balanceOf(provider), ofProvider, "provider balance");
    }

    function authorize(uint256 jobId, uint256 amount) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                client,
                address(kernel),
                amount,
                0,
                EXPIRED_AT,
                keccak256(abi.encode(address(kernel), block.chainid, jobId, amount))
            )
        );
        return signed(CLIENT_KEY, usdcDigest(structHash));
    }

    function usdcDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", usdc.DOMAIN_SEPARATOR(), structHash));
    }

    function permitDigest(uint256 amount, uint256 deadline) internal view returns (bytes32) {
        return usdcDigest(
            keccak256(
                abi.encode(usdc.PERMIT_TYPEHASH(), client, address(kernel), amount, usdc.nonces(client), deadline)
            )
        );
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function notInStatus(uint256 jobId, IAgenticCommerce.JobStatus status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgenticCommerce.InvalidStatus.selector, jobId, status);
    }

    function unauthorized(uint256 jobId, address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgenticCommerce.Unauthorized.selector, jobId, caller);
    }
}
