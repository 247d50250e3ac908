// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgenticCommerce} from "../../src/AgenticCommerce.sol";
import {ArbitratorPool} from "../../src/ArbitratorPool.sol";
import {Court} from "../../src/Court.sol";
import {Disputes} from "../../src/Disputes.sol";
import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {JobTemplates} from "../../src/JobTemplates.sol";
import {IdentityRegistry} from "../../src/local/IdentityRegistry.sol";
import {ReputationRegistry} from "../../src/local/ReputationRegistry.sol";
import {TestUSDC} from "../../src/TestUSDC.sol";
import {Treasury} from "../../src/Treasury.sol";
import {Test} from "./Test.sol";

/// @dev Everything deployed, people with keys, and the steps of a job as one-liners.
abstract contract Fixture is Test {
    uint256 internal constant CLIENT_KEY = 0xC1;
    uint256 internal constant PROVIDER_KEY = 0xB0;
    uint256 internal constant BUDGET = 100e6;
    uint96 internal constant VALIDATOR_FEE = 1e6;
    uint256 internal constant CLIENT_FUNDS = 1_000e6;
    uint48 internal constant START = 1_800_000_000;
    uint48 internal constant SUBMIT_BY = START + 1 days;
    uint48 internal constant EXPIRED_AT = START + 5 days;
    bytes32 internal constant SPEC = keccak256("spec");
    bytes32 internal constant DELIVERABLE = keccak256("deliverable");
    bytes32 internal constant EVIDENCE = keccak256("evidence");
    string internal constant EVIDENCE_URI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

    address internal client = vm.addr(CLIENT_KEY);
    address internal provider = vm.addr(PROVIDER_KEY);
    address internal validator = vm.addr(0xD0);
    address internal evaluator = vm.addr(0xE0);
    address internal stranger = vm.addr(0xF0);
    address internal admin = vm.addr(0xA0);
    address internal guardian = vm.addr(0xA1);

    TestUSDC internal usdc;
    IdentityRegistry internal identity;
    ReputationRegistry internal reputation;
    JobTemplates internal templates;
    Treasury internal treasury;
    AgenticCommerce internal kernel;
    Court internal court;
    ArbitratorPool internal pool;
    Disputes internal disputes;

    /// @dev What the court would be given again; the provider has signed it.
    mapping(uint256 jobId => bytes terms) private _terms;

    function setUp() public virtual {
        vm.warp(START);
        usdc = new TestUSDC();
        identity = new IdentityRegistry(admin);
        reputation = new ReputationRegistry(address(identity), admin);
        deployWith(usdc, address(identity), address(reputation));
    }

    /// @dev Kernel, court and what belongs to them, around any token and registries.
    function deployWith(TestUSDC token, address identity_, address reputation_) internal {
        usdc = token;
        uint256 nonce = vm.getNonce(address(this));
        address disputesAddress = vm.computeCreateAddress(address(this), nonce + 5);
        templates = new JobTemplates();
        treasury = new Treasury(address(token), disputesAddress, admin, 2_000);
        kernel = new AgenticCommerce(address(token), identity_, address(templates), admin, guardian);
        court = new Court(address(kernel), disputesAddress, address(templates), identity_, reputation_);
        pool = new ArbitratorPool(address(token), address(kernel), disputesAddress, address(treasury));
        disputes = new Disputes(address(kernel), address(court), address(pool), address(treasury));
        assertEq(address(disputes), disputesAddress, "address of disputes");
        token.mint(client, CLIENT_FUNDS);
        vm.prank(client);
        token.approve(address(kernel), type(uint256).max);
    }

    function newPlainJob() internal view returns (IAgenticCommerce.NewJob memory) {
        return IAgenticCommerce.NewJob({
            provider: provider,
            evaluator: evaluator,
            hook: address(0),
            expiredAt: EXPIRED_AT,
            budget: BUDGET,
            evaluatorFee: 0,
            templateId: 0,
            hasAgentId: false,
            agentId: 0,
            description: "plain"
        });
    }

    function create(IAgenticCommerce.NewJob memory job) internal returns (uint256) {
        vm.prank(client);
        return kernel.createJobWithBudget(job, "");
    }

    function plainJob() internal returns (uint256) {
        return create(newPlainJob());
    }

    function plainJob(address hook) internal returns (uint256) {
        IAgenticCommerce.NewJob memory job = newPlainJob();
        job.hook = hook;
        return create(job);
    }

    function fundedPlainJob() internal returns (uint256 jobId) {
        jobId = plainJob();
        fund(jobId);
    }

    function submittedPlainJob() internal returns (uint256 jobId) {
        jobId = fundedPlainJob();
        submit(jobId);
    }

    /// @dev One validator, and disputes that go to an arbitrator at once.
    function defaultRules() internal view returns (ICourt.Rules memory rules) {
        rules.validators = panelOf(validator);
        rules.requiredPasses = 1;
        rules.threshold = 70;
        rules.validatorFee = VALIDATOR_FEE;
        rules.validationWindow = 6 hours;
        rules.silencePercent = 50;
        rules.disputeWindow = 6 hours;
        rules.bondBps = 1_000;
        rules.evidenceWindow = 6 hours;
        rules.rulingWindow = 12 hours;
        rules.defaultPercent = 50;
    }

    function rulesWithoutDisputes() internal view returns (ICourt.Rules memory rules) {
        rules = defaultRules();
        (rules.disputeWindow, rules.bondBps, rules.evidenceWindow, rules.rulingWindow) = (0, 0, 0, 0);
        rules.defaultPercent = 0;
    }

    function proposal() internal view returns (ICourt.Proposal memory) {
        return proposal(defaultRules());
    }

    function proposal(ICourt.Rules memory rules) internal pure returns (ICourt.Proposal memory) {
        return ICourt.Proposal({
            salt: 0,
            submitBy: SUBMIT_BY,
            specHash: SPEC,
            previousJobId: 0,
            hasClientAgent: false,
            clientAgentId: 0,
            rules: rules,
            providerSignature: ""
        });
    }

    function newCourtJob(ICourt.Rules memory rules) internal view returns (IAgenticCommerce.NewJob memory job) {
        job = newPlainJob();
        (job.evaluator, job.hook, job.description) = (address(court), address(court), "court");
        job.evaluatorFee = rules.validators.length * rules.validatorFee;
    }

    function courtJob() internal returns (uint256) {
        return courtJob(proposal());
    }

    function courtJob(ICourt.Proposal memory offer) internal returns (uint256) {
        return courtJob(newCourtJob(offer.rules), offer);
    }

    function courtJob(IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer)
        internal
        returns (uint256 jobId)
    {
        vm.prank(client);
        jobId = kernel.createJobWithBudget(job, abi.encode(offer));
        remember(jobId, termsFor(jobId, job, offer));
    }

    /// @dev The court refuses what the client proposes.
    function expectRefused(IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer, bytes memory refusal)
        internal
    {
        bytes memory optParams = abi.encode(offer);
        vm.expectRevert(refusal);
        vm.prank(client);
        kernel.createJobWithBudget(job, optParams);
    }

    function acceptedJob() internal returns (uint256) {
        return acceptedJob(proposal());
    }

    function acceptedJob(ICourt.Proposal memory offer) internal returns (uint256 jobId) {
        jobId = courtJob(offer);
        accept(jobId);
    }

    function fundedJob() internal returns (uint256) {
        return fundedJob(proposal());
    }

    function fundedJob(ICourt.Proposal memory offer) internal returns (uint256 jobId) {
        jobId = acceptedJob(offer);
        fund(jobId);
    }

    function submittedJob() internal returns (uint256) {
        return submittedJob(proposal());
    }

    function submittedJob(ICourt.Proposal memory offer) internal returns (uint256 jobId) {
        jobId = fundedJob(offer);
        submit(jobId);
    }

    /// @dev The validator has failed the work, and the dispute window is open.
    function failedJob(ICourt.Proposal memory offer) internal returns (uint256 jobId) {
        jobId = submittedJob(offer);
        validate(jobId, 0);
    }

    /// @dev A submitted job whose provider owns an ERC-8004 agent.
    function submittedAgentJob() internal returns (uint256 jobId, uint256 agentId) {
        agentId = registerAgent(provider);
        jobId = agentJob(agentId);
        accept(jobId);
        fund(jobId);
        submit(jobId);
    }

    function registerAgent(address owner) internal returns (uint256) {
        vm.prank(owner);
        return identity.register("ipfs://agent");
    }

    function agentJob(uint256 agentId) internal returns (uint256) {
        ICourt.Proposal memory offer = proposal();
        IAgenticCommerce.NewJob memory job = newCourtJob(offer.rules);
        (job.hasAgentId, job.agentId) = (true, agentId);
        return courtJob(job, offer);
    }

    /// @dev Moves an agent's wallet, with the signature of the new one, as the published registry wants it.
    function setAgentWallet(uint256 agentId, address owner, uint256 walletKey) internal {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
                agentId,
                vm.addr(walletKey),
                owner,
                block.timestamp + 60
            )
        );
        bytes32 digest = typedDigest("ERC8004IdentityRegistry", address(identity), structHash);
        vm.prank(owner);
        identity.setAgentWallet(agentId, vm.addr(walletKey), block.timestamp + 60, signed(walletKey, digest));
    }

    /// @dev The terms that a proposal makes of a job; those of an offer name no job.
    function termsFor(uint256 jobId, IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer)
        internal
        view
        returns (ICourt.Terms memory)
    {
        return ICourt.Terms({
            jobId: offer.salt == 0 ? jobId : 0,
            salt: offer.salt,
            client: client,
            provider: job.provider,
            budget: job.budget,
            submitBy: offer.submitBy,
            expiredAt: job.expiredAt,
            specHash: offer.specHash,
            previousJobId: offer.previousJobId,
            templateId: job.templateId,
            hasProviderAgent: job.hasAgentId,
            providerAgentId: job.agentId,
            hasClientAgent: offer.hasClientAgent,
            clientAgentId: offer.clientAgentId,
            rules: offer.rules
        });
    }

    function remember(uint256 jobId, ICourt.Terms memory terms) internal {
        _terms[jobId] = abi.encode(terms);
    }

    function termsOf(uint256 jobId) internal view returns (ICourt.Terms memory) {
        return abi.decode(_terms[jobId], (ICourt.Terms));
    }

    /// @dev Lets the provider sign these terms as an offer.
    function signOffer(IAgenticCommerce.NewJob memory job, ICourt.Proposal memory offer, uint256 salt) internal view {
        offer.salt = salt;
        offer.providerSignature = signed(PROVIDER_KEY, court.digestOf(termsFor(0, job, offer)));
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
        validateAs(validator, jobId, score);
    }

    function validateAs(address judge, uint256 jobId, uint8 score) internal {
        ICourt.Terms memory terms = termsOf(jobId);
        vm.prank(judge);
        court.validate(jobId, terms, score, EVIDENCE, EVIDENCE_URI);
    }

    function settle(uint256 jobId) internal {
        court.settle(jobId, termsOf(jobId));
    }

    function setFee(uint16 feeBps) internal {
        vm.prank(admin);
        kernel.setPlatformFee(feeBps, address(treasury));
    }

    function pauseKernel() internal {
        vm.prank(guardian);
        kernel.pause();
    }

    function panelOf(address member) internal pure returns (address[] memory panel) {
        panel = new address[](1);
        panel[0] = member;
    }

    /// @dev People of a panel, none of them anybody else here.
    function panelOf(uint256 size, uint256 firstKey) internal pure returns (address[] memory panel) {
        panel = new address[](size);
        for (uint256 i; i < size; i++) {
            panel[i] = vm.addr(firstKey + i);
        }
    }

    function assertStatus(uint256 jobId, IAgenticCommerce.JobStatus expected) internal view {
        assertEq(uint256(kernel.getJob(jobId).status), uint256(expected), "status");
    }

    function assertPhase(uint256 jobId, ICourt.Phase expected) internal view {
        assertEq(uint256(court.getAgreement(jobId).phase), uint256(expected), "phase");
    }

    function assertBalances(uint256 ofClient, uint256 ofProvider) internal view {
        assertEq(usdc.balanceOf(client), ofClient, "client balance");
        assertEq(usdc.balanceOf(provider), ofProvider, "provider balance");
    }

    /// @dev The client's EIP-3009 signature that funds this job.
    function authorize(uint256 jobId, uint256 amount) internal view returns (bytes memory) {
        return authorizeWith(kernel.authorizationNonce(jobId, kernel.getJob(jobId).budget), amount);
    }

    function authorizeWith(bytes32 nonce, uint256 amount) internal view returns (bytes memory) {
        return authorizeAs(CLIENT_KEY, address(kernel), amount, nonce);
    }

    function authorizeAs(uint256 key, address to, uint256 amount, bytes32 nonce) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                vm.addr(key),
                to,
                amount,
                0,
                EXPIRED_AT,
                nonce
            )
        );
        return signed(key, usdcDigest(structHash));
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

    function cancellation(uint256 key, uint256 jobId, uint256 providerAmount) internal view returns (bytes memory) {
        bytes32 structHash =
            keccak256(abi.encode(kernel.CANCELLATION_TYPEHASH(), jobId, providerAmount, block.timestamp + 60));
        return signed(key, typedDigest("Bonafide Agentic Commerce", address(kernel), structHash));
    }

    function extension(uint256 key, uint256 jobId, uint48 expiredAt, bytes memory optParams)
        internal
        view
        returns (bytes memory)
    {
        bytes32 structHash = keccak256(
            abi.encode(kernel.EXTENSION_TYPEHASH(), jobId, expiredAt, block.timestamp + 60, keccak256(optParams))
        );
        return signed(key, typedDigest("Bonafide Agentic Commerce", address(kernel), structHash));
    }

    function typedDigest(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function notInStatus(uint256 jobId, IAgenticCommerce.JobStatus status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgenticCommerce.InvalidStatus.selector, jobId, status);
    }

    function notInPhase(uint256 jobId, ICourt.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICourt.WrongPhase.selector, jobId, phase);
    }

    function unauthorized(uint256 jobId, address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAgenticCommerce.Unauthorized.selector, jobId, caller);
    }
}
