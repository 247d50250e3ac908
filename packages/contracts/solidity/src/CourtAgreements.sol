// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IACPHook} from "./interfaces/IACPHook.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IIdentityRegistry} from "./interfaces/IERC8004.sol";
import {IJobTemplates} from "./interfaces/IJobTemplates.sol";
import {SoundTerms} from "./libraries/SoundTerms.sol";
import {TermsHash} from "./libraries/TermsHash.sol";

/// @title From proposed terms to a delivery under them
/// @dev Why no terms but the consented ones can be funded: of the fields the terms repeat, the kernel fixes client,
/// evaluator, hook, agent, template and evaluator's fee at creation, and the provider once it is set, which a proposal
/// requires. The budget can only change through `setBudget`, whose hook call voids or replaces the terms, and the
/// expiry only with both signatures.
abstract contract CourtAgreements is ICourt, IACPHook, EIP712 {
    using BitMaps for BitMaps.BitMap;

    /// @dev `Agreement` in two slots, with what `fund` must check without seeing the terms.
    struct StoredAgreement {
        bytes32 termsHash;
        uint48 submitBy;
        uint48 deadline;
        uint32 validationWindow;
        uint32 tail;
        uint16 voted;
        uint16 scoreSum;
        uint8 passes;
        uint8 fails;
        Phase phase;
        uint40 previousJobId;
    }

    /// @notice Bounds what a feedback entry costs, so that its gas limit always covers it.
    uint256 public constant MAX_URI_BYTES = 1_024;

    IAgenticCommerce public immutable kernel;
    IJobTemplates public immutable templates;
    IIdentityRegistry public immutable identityRegistry;

    mapping(uint256 jobId => StoredAgreement agreement) internal _agreements;
    mapping(address provider => BitMaps.BitMap salts) private _usedOffers;

    modifier onlyKernel() {
        require(msg.sender == address(kernel), NotKernel(msg.sender));
        _;
    }

    modifier whenNotPaused() {
        kernel.requireNotPaused();
        _;
    }

    constructor(address kernel_, address templates_, address identityRegistry_) {
        kernel = IAgenticCommerce(kernel_);
        templates = IJobTemplates(templates_);
        identityRegistry = IIdentityRegistry(identityRegistry_);
    }

    /// @inheritdoc IACPHook
    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external onlyKernel {
        if (selector == IAgenticCommerce.setBudget.selector) _beforeSetBudget(jobId, data);
        else if (selector == IAgenticCommerce.fund.selector) _beforeFund(jobId);
        else if (selector == IAgenticCommerce.submit.selector) _beforeSubmit(jobId, data);
        else if (selector == IAgenticCommerce.extend.selector) _beforeExtend(jobId, data);
    }

    /// @inheritdoc IACPHook
    function afterAction(uint256, bytes4, bytes calldata) external onlyKernel {}

    /// @inheritdoc ICourt
    function accept(uint256 jobId, bytes calldata signature) external whenNotPaused {
        StoredAgreement storage agreement = _proposed(jobId);
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        require(job.status == IAgenticCommerce.JobStatus.Open, IAgenticCommerce.InvalidStatus(jobId, job.status));
        require(agreement.phase == Phase.Proposed, WrongPhase(jobId, agreement.phase));
        _requireSubmittable(jobId, agreement);
        agreement.phase = Phase.Accepted;
        _requireConsent(jobId, job, agreement.termsHash, signature);
    }

    /// @inheritdoc ICourt
    function withdrawOffer(uint256 salt) external {
        _useOffer(msg.sender, salt);
        emit OfferWithdrawn(msg.sender, salt);
    }

    /// @inheritdoc ICourt
    function getAgreement(uint256 jobId) external view returns (Agreement memory) {
        StoredAgreement memory agreement = _agreements[jobId];
        return Agreement({
            termsHash: agreement.termsHash,
            submitBy: agreement.submitBy,
            deadline: agreement.deadline,
            validationWindow: agreement.validationWindow,
            tail: agreement.tail,
            voted: agreement.voted,
            scoreSum: agreement.scoreSum,
            passes: agreement.passes,
            fails: agreement.fails,
            phase: agreement.phase
        });
    }

    /// @inheritdoc ICourt
    function termsDigest(uint256 jobId) external view returns (bytes32) {
        return _hashTypedDataV4(_proposed(jobId).termsHash);
    }

    /// @inheritdoc ICourt
    function digestOf(Terms calldata terms) external view returns (bytes32) {
        return _hashTypedDataV4(TermsHash.ofTerms(terms));
    }

    /// @inheritdoc ICourt
    function isOfferUsed(address provider, uint256 salt) external view returns (bool) {
        return _usedOffers[provider].get(salt);
    }

    function _agreed(uint256 jobId, Terms calldata terms) internal view returns (StoredAgreement memory agreement) {
        agreement = _agreements[jobId];
        require(agreement.termsHash != 0, NoTerms(jobId));
        bytes32 termsHash = TermsHash.ofTerms(terms);
        require(agreement.termsHash == termsHash, TermsMismatch(jobId, termsHash));
    }

    function _requireShort(string memory uri) internal pure {
        require(bytes(uri).length <= MAX_URI_BYTES, URITooLong(bytes(uri).length));
    }

    function _wallTime(uint48 clockTime) internal view returns (uint48) {
        return clockTime + kernel.pausedSeconds();
    }

    function _beforeSetBudget(uint256 jobId, bytes calldata data) private {
        (bytes32 amount, bytes calldata optParams) = _split(data);
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        if (optParams.length != 0) _propose(jobId, job, uint256(amount), abi.decode(optParams, (Proposal)));
        else if (uint256(amount) != job.budget) _void(jobId);
    }

    function _beforeFund(uint256 jobId) private view {
        StoredAgreement storage agreement = _agreements[jobId];
        require(agreement.phase == Phase.Accepted, WrongPhase(jobId, agreement.phase));
        _requireSubmittable(jobId, agreement);
        uint256 previousJobId = agreement.previousJobId;
        if (previousJobId == 0) return;
        bool completed = kernel.getJob(previousJobId).status == IAgenticCommerce.JobStatus.Completed;
        require(completed, PreviousJobNotCompleted(jobId, previousJobId));
    }

    function _beforeSubmit(uint256 jobId, bytes calldata data) private {
        StoredAgreement storage agreement = _agreements[jobId];
        uint48 time = _requireSubmittable(jobId, agreement);
        (bytes32 deliverable, bytes calldata optParams) = _split(data);
        string memory uri = optParams.length == 0 ? "" : abi.decode(optParams, (string));
        _requireShort(uri);
        uint48 deadline = time + agreement.validationWindow;
        agreement.deadline = deadline;
        agreement.phase = Phase.Validating;
        emit DeliverableSubmitted(jobId, deliverable, uri, _wallTime(deadline));
    }

    /// @dev The time for deliveries grows only as far as all disputes still end before the expiry.
    function _beforeExtend(uint256 jobId, bytes calldata data) private {
        (bytes32 expiry, bytes calldata optParams) = _split(data);
        if (optParams.length == 0) return;
        uint48 expiredAt = uint48(uint256(expiry));
        StoredAgreement storage agreement = _proposed(jobId);
        Phase phase = agreement.phase;
        require(phase == Phase.Proposed || phase == Phase.Accepted, WrongPhase(jobId, phase));
        uint48 submitBy = abi.decode(optParams, (uint48));
        bool fits = uint256(submitBy) + agreement.tail <= expiredAt;
        bool later = submitBy > _wallTime(agreement.submitBy);
        require(fits && later, InvalidSubmitBy(submitBy, expiredAt - agreement.tail));
        agreement.submitBy = submitBy - kernel.pausedSeconds();
        emit SubmissionExtended(jobId, submitBy);
    }

    function _propose(uint256 jobId, IAgenticCommerce.Job memory job, uint256 amount, Proposal memory proposal)
        private
    {
        // The provider may change the budget too; if its terms counted, it could fund-trap the client with them.
        address proposer = kernel.actor();
        require(proposer == job.client, NotProposer(jobId, proposer));
        require(job.evaluator == address(this) && job.hook == address(this), NotEvaluatorAndHook(jobId));
        bool isOffer = proposal.providerSignature.length != 0;
        require(isOffer || proposal.salt == 0, UnexpectedSalt(jobId));
        Terms memory terms = _termsOf(isOffer ? 0 : jobId, job, amount, proposal);
        uint32 tail = SoundTerms.check(terms, jobId);
        _requireContext(jobId, job, terms);

        bytes32 termsHash = TermsHash.ofTerms(terms);
        _agreements[jobId] = StoredAgreement({
            termsHash: termsHash,
            submitBy: terms.submitBy - kernel.pausedSeconds(),
            deadline: 0,
            validationWindow: terms.rules.validationWindow,
            tail: tail,
            voted: 0,
            scoreSum: 0,
            passes: 0,
            fails: 0,
            phase: isOffer ? Phase.Accepted : Phase.Proposed,
            previousJobId: uint40(terms.previousJobId)
        });
        emit TermsProposed(jobId, termsHash, terms);
        if (!isOffer) return;
        _useOffer(job.provider, proposal.salt);
        _requireConsent(jobId, job, termsHash, proposal.providerSignature);
    }

    function _termsOf(uint256 signedJobId, IAgenticCommerce.Job memory job, uint256 amount, Proposal memory proposal)
        private
        pure
        returns (Terms memory terms)
    {
        terms.jobId = signedJobId;
        terms.salt = proposal.salt;
        terms.client = job.client;
        terms.provider = job.provider;
        terms.budget = amount;
        terms.submitBy = proposal.submitBy;
        terms.expiredAt = job.expiredAt;
        terms.specHash = proposal.specHash;
        terms.previousJobId = proposal.previousJobId;
        terms.templateId = job.templateId;
        terms.hasProviderAgent = job.agentKey != 0;
        terms.providerAgentId = job.agentKey == 0 ? 0 : job.agentKey - 1;
        terms.hasClientAgent = proposal.hasClientAgent;
        terms.clientAgentId = proposal.clientAgentId;
        terms.rules = proposal.rules;
    }

    /// @dev What terms must satisfy beyond themselves: fee, template, milestone and the client's identity.
    function _requireContext(uint256 jobId, IAgenticCommerce.Job memory job, Terms memory terms) private view {
        Rules memory rules = terms.rules;
        uint256 fee = rules.validators.length * uint256(rules.validatorFee);
        require(job.evaluatorFee == fee, InvalidEvaluatorFee(jobId, job.evaluatorFee, fee));
        if (terms.templateId != 0) {
            IJobTemplates.Template memory template = templates.getTemplate(terms.templateId);
            bool same = template.active && template.rulesHash == TermsHash.ofRules(rules);
            require(same, TemplateMismatch(terms.templateId));
        }
        if (terms.previousJobId != 0) {
            // Before the cast of the stored id: only a job that exists already can be named.
            require(terms.previousJobId < jobId, InvalidMilestone(jobId, terms.previousJobId));
            IAgenticCommerce.Job memory previous = kernel.getJob(terms.previousJobId);
            bool sameParties = previous.client == terms.client && previous.provider == terms.provider;
            require(sameParties, InvalidMilestone(jobId, terms.previousJobId));
        }
        if (terms.hasClientAgent) _requireAgent(terms.clientAgentId, terms.client);
    }

    /// @dev The kernel's `abi.encode(word, optParams)`, without copying it.
    function _split(bytes calldata data) private pure returns (bytes32 word, bytes calldata optParams) {
        return (bytes32(data[:32]), data[96:96 + uint256(bytes32(data[64:96]))]);
    }

    function _void(uint256 jobId) private {
        bytes32 termsHash = _agreements[jobId].termsHash;
        if (termsHash == 0) return;
        delete _agreements[jobId];
        emit TermsVoided(jobId, termsHash);
    }

    function _requireConsent(uint256 jobId, IAgenticCommerce.Job memory job, bytes32 termsHash, bytes memory signature)
        private
    {
        bytes32 digest = _hashTypedDataV4(termsHash);
        bool signed = SignatureChecker.isValidSignatureNow(job.provider, digest, signature);
        if (!signed && job.agentKey != 0) {
            signed = SignatureChecker.isValidSignatureNow(kernel.payeeOf(jobId), digest, signature);
        }
        require(signed, InvalidSignature(jobId, job.provider));
        if (job.agentKey != 0) _requireAgent(job.agentKey - 1, job.provider);
        emit TermsAccepted(jobId, job.provider, termsHash);
    }

    function _useOffer(address provider, uint256 salt) private {
        require(!_usedOffers[provider].get(salt), OfferUsed(provider, salt));
        _usedOffers[provider].set(salt);
    }

    function _requireSubmittable(uint256 jobId, StoredAgreement storage agreement) private view returns (uint48 time) {
        time = kernel.clock();
        require(time <= agreement.submitBy, SubmissionClosed(jobId, _wallTime(agreement.submitBy)));
    }

    function _requireAgent(uint256 agentId, address account) private view {
        bool isAgent =
            identityRegistry.ownerOf(agentId) == account || identityRegistry.getAgentWallet(agentId) == account;
        require(isAgent, NotAgentOwnerOrWallet(agentId, account));
    }

    function _proposed(uint256 jobId) private view returns (StoredAgreement storage agreement) {
        agreement = _agreements[jobId];
        require(agreement.termsHash != 0, NoTerms(jobId));
    }
}
