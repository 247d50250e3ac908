// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IACPHook} from "./interfaces/IACPHook.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IIdentityRegistry, IReputationRegistry} from "./interfaces/IERC8004.sol";

/// @title Court: evaluator and hook of an ERC-8183 job
/// @notice Has no owner and holds no money.
/// @dev Why no terms but the consented ones can be funded: of the fields the terms repeat, the kernel fixes client,
/// evaluator, hook and `expiredAt` at creation, and the provider once it is set, which a proposal requires. The budget
/// can only change through `setBudget`, whose hook call voids or replaces the terms.
contract Court is ICourt, IACPHook, EIP712 {
    struct Evidence {
        bytes32 hash;
        string uri;
    }

    bytes32 public constant TERMS_TYPEHASH = keccak256(
        "Terms(uint256 jobId,address client,address provider,address validator,uint8 threshold,uint256 budget,uint48 submitBy,uint48 expiredAt,bytes32 specHash,bool hasAgentId,uint256 providerAgentId)"
    );
    uint8 public constant MAX_SCORE = 100;
    /// @notice Bounds what a feedback entry costs, so that `FEEDBACK_GAS` always covers it.
    uint256 public constant MAX_EVIDENCE_URI_BYTES = 1_024;
    /// @notice Gas the reputation registry may use; the published one needs about a third for a first entry.
    uint256 public constant FEEDBACK_GAS = 500_000;

    IAgenticCommerce public immutable kernel;
    IIdentityRegistry public immutable identityRegistry;
    IReputationRegistry public immutable reputationRegistry;

    mapping(uint256 jobId => Agreement agreement) private _agreements;
    mapping(uint256 jobId => Evidence evidence) private _evidence;

    modifier onlyKernel() {
        require(msg.sender == address(kernel), NotKernel(msg.sender));
        _;
    }

    constructor(address kernel_, address identityRegistry_, address reputationRegistry_) EIP712("Bonafide Court", "1") {
        kernel = IAgenticCommerce(kernel_);
        identityRegistry = IIdentityRegistry(identityRegistry_);
        reputationRegistry = IReputationRegistry(reputationRegistry_);
    }

    /// @inheritdoc IACPHook
    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external onlyKernel {
        if (selector == IAgenticCommerce.setBudget.selector) _beforeSetBudget(jobId, data);
        else if (selector == IAgenticCommerce.fund.selector) _beforeFund(jobId);
        else if (selector == IAgenticCommerce.submit.selector) _beforeSubmit(jobId, data);
    }

    /// @inheritdoc IACPHook
    function afterAction(uint256, bytes4, bytes calldata) external onlyKernel {}

    /// @inheritdoc ICourt
    function accept(uint256 jobId, bytes calldata signature) external {
        Agreement storage agreement = _proposed(jobId);
        require(!agreement.accepted, AlreadyAccepted(jobId));
        _requireSubmittable(jobId, agreement);
        address provider = kernel.getJob(jobId).provider;
        bool signed = SignatureChecker.isValidSignatureNow(provider, _hashTypedDataV4(agreement.termsHash), signature);
        require(signed, InvalidSignature(jobId, provider));
        if (agreement.hasAgentId) _requireAgent(agreement.providerAgentId, provider);

        agreement.accepted = true;
        emit TermsAccepted(jobId, provider, agreement.termsHash);
    }

    /// @inheritdoc ICourt
    function validate(uint256 jobId, uint8 score, bytes32 evidenceHash, string calldata evidenceURI) external {
        _validate(jobId, score, evidenceHash, evidenceURI);
        _evidence[jobId] = Evidence(evidenceHash, evidenceURI);
    }

    /// @inheritdoc ICourt
    function settle(uint256 jobId) external {
        require(_agreements[jobId].validated, NotValidated(jobId));
        Evidence memory evidence = _evidence[jobId];
        _settle(jobId, evidence.hash, evidence.uri);
    }

    /// @inheritdoc ICourt
    function validateAndSettle(uint256 jobId, uint8 score, bytes32 evidenceHash, string calldata evidenceURI) external {
        _validate(jobId, score, evidenceHash, evidenceURI);
        _settle(jobId, evidenceHash, evidenceURI);
    }

    /// @inheritdoc ICourt
    function getAgreement(uint256 jobId) external view returns (Agreement memory) {
        return _agreements[jobId];
    }

    /// @inheritdoc ICourt
    function termsDigest(uint256 jobId) external view returns (bytes32) {
        return _hashTypedDataV4(_proposed(jobId).termsHash);
    }

    function _beforeSetBudget(uint256 jobId, bytes calldata data) private {
        (uint256 amount, bytes memory optParams) = abi.decode(data, (uint256, bytes));
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        if (optParams.length != 0) _propose(jobId, job, amount, abi.decode(optParams, (Proposal)));
        else if (amount != job.budget) _void(jobId);
    }

    function _beforeFund(uint256 jobId) private view {
        Agreement storage agreement = _agreements[jobId];
        require(agreement.accepted, NotAccepted(jobId));
        _requireSubmittable(jobId, agreement);
    }

    function _beforeSubmit(uint256 jobId, bytes calldata data) private {
        _requireSubmittable(jobId, _agreements[jobId]);
        (bytes32 deliverable, bytes memory optParams) = abi.decode(data, (bytes32, bytes));
        emit DeliverableSubmitted(jobId, deliverable, optParams.length == 0 ? "" : abi.decode(optParams, (string)));
    }

    function _propose(uint256 jobId, IAgenticCommerce.Job memory job, uint256 amount, Proposal memory proposal)
        private
    {
        // The provider may change the budget too; if its terms counted, it could fund-trap the client with them.
        address proposer = kernel.actor();
        require(proposer == job.client, NotProposer(jobId, proposer));
        require(job.evaluator == address(this) && job.hook == address(this), NotEvaluatorAndHook(jobId));
        Terms memory terms = Terms({
            jobId: jobId,
            client: job.client,
            provider: job.provider,
            validator: proposal.validator,
            threshold: proposal.threshold,
            budget: amount,
            submitBy: proposal.submitBy,
            expiredAt: job.expiredAt,
            specHash: proposal.specHash,
            hasAgentId: proposal.hasAgentId,
            providerAgentId: proposal.providerAgentId
        });
        _requireSound(terms);

        bytes32 termsHash = keccak256(abi.encode(TERMS_TYPEHASH, terms));
        Agreement storage agreement = _agreements[jobId];
        agreement.validator = terms.validator;
        agreement.submitBy = terms.submitBy;
        agreement.threshold = terms.threshold;
        agreement.hasAgentId = terms.hasAgentId;
        agreement.accepted = false;
        agreement.termsHash = termsHash;
        agreement.providerAgentId = terms.providerAgentId;
        emit TermsProposed(jobId, termsHash, terms);
    }

    function _void(uint256 jobId) private {
        bytes32 termsHash = _agreements[jobId].termsHash;
        if (termsHash == 0) return;
        delete _agreements[jobId];
        emit TermsVoided(jobId, termsHash);
    }

    function _validate(uint256 jobId, uint8 score, bytes32 evidenceHash, string calldata evidenceURI) private {
        Agreement storage agreement = _proposed(jobId);
        require(msg.sender == agreement.validator, NotValidator(jobId, msg.sender));
        require(!agreement.validated, AlreadyValidated(jobId));
        require(score <= MAX_SCORE, ScoreTooHigh(score));
        require(bytes(evidenceURI).length <= MAX_EVIDENCE_URI_BYTES, URITooLong(bytes(evidenceURI).length));
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        require(job.status == IAgenticCommerce.JobStatus.Submitted, NotSubmitted(jobId));
        require(block.timestamp < job.expiredAt, ValidationClosed(jobId, job.expiredAt));

        agreement.validated = true;
        agreement.score = score;
        emit Validated(jobId, msg.sender, score, evidenceHash, evidenceURI);
    }

    /// @dev The kernel refuses a second settlement, because the job is then no longer Submitted.
    function _settle(uint256 jobId, bytes32 evidenceHash, string memory evidenceURI) private {
        Agreement memory agreement = _agreements[jobId];
        bytes32 reason = keccak256(abi.encode(jobId, agreement.score, evidenceHash));
        bool completed = agreement.score >= agreement.threshold;
        if (completed) kernel.complete(jobId, reason, "");
        else kernel.reject(jobId, reason, "");

        bool written = agreement.hasAgentId && _writeFeedback(agreement, completed, reason, evidenceURI);
        emit Settled(jobId, completed, agreement.score, reason, written);
    }

    /// @dev Whatever the registry does, the settlement stands; but nobody can settle with too little gas on purpose to
    /// lose an unwelcome entry.
    function _writeFeedback(Agreement memory agreement, bool completed, bytes32 reason, string memory evidenceURI)
        private
        returns (bool)
    {
        if (address(reputationRegistry).code.length == 0) return false;
        // EIP-150 passes on at most 63/64 of what is left; the rest covers the encoding of the call.
        require(gasleft() >= (FEEDBACK_GAS * 64) / 63 + 50_000, InsufficientGasForFeedback());
        try reputationRegistry.giveFeedback{gas: FEEDBACK_GAS}(
            agreement.providerAgentId,
            int128(uint128(agreement.score)),
            0,
            "bonafide.job",
            completed ? "completed" : "rejected",
            "",
            evidenceURI,
            reason
        ) {
            return true;
        } catch {
            return false;
        }
    }

    function _requireSound(Terms memory terms) private view {
        address provider = terms.provider;
        address validator = terms.validator;
        bool present = provider != address(0) && validator != address(0);
        bool distinct = provider != terms.client && validator != terms.client && validator != provider;
        require(present && distinct, PartiesNotDistinct(terms.jobId));
        require(terms.threshold <= MAX_SCORE, ThresholdTooHigh(terms.threshold));
        bool submittable = terms.submitBy > block.timestamp && terms.submitBy < terms.expiredAt;
        require(submittable, InvalidSubmitBy(terms.submitBy, terms.expiredAt));
        require(terms.hasAgentId || terms.providerAgentId == 0, UnexpectedAgentId(terms.providerAgentId));
    }

    function _requireSubmittable(uint256 jobId, Agreement storage agreement) private view {
        require(block.timestamp <= agreement.submitBy, SubmissionClosed(jobId, agreement.submitBy));
    }

    function _requireAgent(uint256 agentId, address provider) private view {
        bool isAgent =
            identityRegistry.ownerOf(agentId) == provider || identityRegistry.getAgentWallet(agentId) == provider;
        require(isAgent, NotAgentOwnerOrWallet(agentId, provider));
    }

    function _proposed(uint256 jobId) private view returns (Agreement storage agreement) {
        agreement = _agreements[jobId];
        require(agreement.termsHash != 0, NoTerms(jobId));
    }
}
