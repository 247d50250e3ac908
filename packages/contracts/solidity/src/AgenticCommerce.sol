// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IACPHook} from "./interfaces/IACPHook.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IIdentityRegistry} from "./interfaces/IERC8004.sol";
import {IJobTemplates} from "./interfaces/IJobTemplates.sol";
import {IUSDC} from "./interfaces/IUSDC.sol";
import {KernelAdmin} from "./KernelAdmin.sol";
import {Payments} from "./libraries/Payments.sol";
import {Payouts} from "./libraries/Payouts.sol";

/// @title ERC-8183 agentic commerce kernel
/// @notice The owner sets the fee of future jobs, the treasury and the guardian, and nothing else: there is no upgrade
/// and no path from an owner or guardian to users' money.
contract AgenticCommerce is KernelAdmin, Payouts, EIP712 {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using Payments for IERC20;

    /// @dev `Job` in four slots. A court is evaluator and hook at once, and is then stored as evaluator only.
    /// `expiredAt` is a reading of `clock()`, so that a pause moves it without touching any job.
    struct StoredJob {
        address client;
        uint48 expiredAt;
        JobStatus status;
        uint16 feeBps;
        uint16 templateFeeBps;
        bool hookIsEvaluator;
        address provider;
        uint96 budget;
        address evaluator;
        uint32 templateId;
        uint64 agentKey;
        address hook;
        uint96 evaluatorFee;
    }

    bytes32 public constant CANCELLATION_TYPEHASH =
        keccak256("Cancellation(uint256 jobId,uint256 providerAmount,uint256 validUntil)");
    bytes32 public constant EXTENSION_TYPEHASH =
        keccak256("Extension(uint256 jobId,uint48 expiredAt,uint256 validUntil,bytes optParams)");
    uint256 public constant MAX_DURATION = 365 days;
    /// @notice Platform and template together.
    uint256 public constant MAX_TOTAL_FEE_BPS = 2_000;
    /// @notice Gas a hook may use per call, so that a hook cannot burn a whole block.
    uint256 public constant HOOK_GAS_LIMIT = 1_000_000;
    /// @notice Gas the identity registry may use to name a wallet; the published one needs about a third.
    uint256 public constant REGISTRY_GAS = 60_000;

    IIdentityRegistry public immutable identityRegistry;
    IJobTemplates public immutable templates;

    mapping(uint256 jobId => StoredJob job) private _jobs;
    mapping(uint256 jobId => string description) private _descriptions;
    address private transient _actor;

    constructor(address token_, address identityRegistry_, address templates_, address owner_, address guardian_)
        KernelAdmin(owner_, guardian_)
        Payouts(token_)
        EIP712("Bonafide Agentic Commerce", "1")
    {
        identityRegistry = IIdentityRegistry(identityRegistry_);
        templates = IJobTemplates(templates_);
    }

    /// @dev Tells hooks on whose behalf an action runs; cleared again when the action ends.
    modifier acting() {
        _actor = msg.sender;
        _;
        _actor = address(0);
    }

    /// @inheritdoc IAgenticCommerce
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external nonReentrant whenNotPaused returns (uint256 jobId) {
        StoredJob storage job;
        (job, jobId) = _createJob(msg.sender, provider, evaluator, expiredAt, hook);
        _descriptions[jobId] = description;
        emit JobCreated(jobId, msg.sender, provider, evaluator, expiredAt);
    }

    /// @inheritdoc IAgenticCommerce
    function createJobWithBudget(NewJob calldata job, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
        returns (uint256 jobId)
    {
        return _createWithBudget(msg.sender, job, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function createAndFund(NewJob calldata newJob, Payment calldata payment, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
        returns (uint256 jobId)
    {
        bool signed = payment.signature.length != 0;
        require(signed || msg.sender == payment.client, Unauthorized(jobCount() + 1, msg.sender));
        _actor = payment.client;
        jobId = _createWithBudget(payment.client, newJob, optParams);
        StoredJob storage job = _beginFunding(jobId, newJob.budget, "");
        // Nobody can sign as the client without naming exactly this job, its terms included.
        bytes32 nonce = signed ? newJobNonce(newJob, optParams) : bytes32(0);
        _pull(job, nonce, payment.validAfter, payment.validBefore, payment.signature);
        _endFunding(job, jobId, "");
    }

    /// @inheritdoc IAgenticCommerce
    function setProvider(uint256 jobId, address provider, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client, Unauthorized(jobId, msg.sender));
        require(job.provider == address(0), ProviderAlreadySet(jobId));
        require(provider != address(0), ZeroProvider());

        bytes memory data = abi.encode(provider, optParams);
        _before(job, jobId, this.setProvider.selector, data);
        job.provider = provider;
        emit ProviderSet(jobId, provider);
        _after(job, jobId, this.setProvider.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client || msg.sender == job.provider, Unauthorized(jobId, msg.sender));
        _setBudget(job, jobId, amount, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        require(msg.sender == _existing(jobId).client, Unauthorized(jobId, msg.sender));
        StoredJob storage job = _beginFunding(jobId, expectedBudget, optParams);
        _pull(job);
        _endFunding(job, jobId, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function fundWithPermit(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes calldata optParams
    ) external nonReentrant whenNotPaused acting {
        require(msg.sender == _existing(jobId).client, Unauthorized(jobId, msg.sender));
        StoredJob storage job = _beginFunding(jobId, expectedBudget, optParams);
        // A front-run permit has already set the allowance; a bad one leaves none, and the pull below fails.
        try IUSDC(token()).permit(msg.sender, address(this), _escrow(job), deadline, v, r, s) {} catch {}
        _pull(job);
        _endFunding(job, jobId, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function fundWithAuthorization(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature,
        bytes calldata optParams
    ) external nonReentrant whenNotPaused acting {
        _actFor(jobId, signature, optParams);
        StoredJob storage job = _beginFunding(jobId, expectedBudget, optParams);
        _pull(job, authorizationNonce(jobId, expectedBudget), validAfter, validBefore, signature);
        _endFunding(job, jobId, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _jobIn(jobId, JobStatus.Funded);
        address provider = job.provider;
        require(msg.sender == provider || msg.sender == _payeeOf(job), Unauthorized(jobId, msg.sender));
        require(clock() < job.expiredAt, JobHasExpired(jobId, _wallTime(job.expiredAt)));
        _actor = provider;

        bytes memory data = abi.encode(deliverable, optParams);
        _before(job, jobId, this.submit.selector, data);
        job.status = JobStatus.Submitted;
        emit JobSubmitted(jobId, provider, deliverable);
        _after(job, jobId, this.submit.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function decline(uint256 jobId, bytes32 reason) external nonReentrant whenNotPaused {
        StoredJob storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.provider, Unauthorized(jobId, msg.sender));
        job.status = JobStatus.Rejected;
        emit JobDeclined(jobId, msg.sender, reason);
    }

    /// @inheritdoc IAgenticCommerce
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _decidable(jobId);
        bytes memory data = abi.encode(reason, optParams);
        _before(job, jobId, this.complete.selector, data);
        job.status = JobStatus.Completed;
        emit JobCompleted(jobId, msg.sender, reason);
        _release(job, jobId, job.budget);
        _payEvaluator(job, jobId);
        _after(job, jobId, this.complete.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function completeSplit(uint256 jobId, uint256 providerAmount, bytes32 reason, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _decidable(jobId);
        uint256 budget = job.budget;
        require(providerAmount != 0 && providerAmount <= budget, InvalidSplit(jobId, providerAmount));

        bytes memory data = abi.encode(providerAmount, reason, optParams);
        _before(job, jobId, this.completeSplit.selector, data);
        job.status = JobStatus.Completed;
        emit JobCompleted(jobId, msg.sender, reason);
        _release(job, jobId, providerAmount);
        _refund(job, jobId, budget - providerAmount);
        _payEvaluator(job, jobId);
        _after(job, jobId, this.completeSplit.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams)
        external
        nonReentrant
        whenNotPaused
        acting
    {
        StoredJob storage job = _existing(jobId);
        JobStatus status = job.status;
        require(status <= JobStatus.Submitted, InvalidStatus(jobId, status));
        address rejector = status == JobStatus.Open ? job.client : job.evaluator;
        require(msg.sender == rejector, Unauthorized(jobId, msg.sender));

        bytes memory data = abi.encode(reason, optParams);
        _before(job, jobId, this.reject.selector, data);
        job.status = JobStatus.Rejected;
        emit JobRejected(jobId, msg.sender, reason);
        if (status == JobStatus.Funded) {
            _refund(job, jobId, _escrow(job));
        } else if (status == JobStatus.Submitted) {
            _refund(job, jobId, job.budget);
            _payEvaluator(job, jobId);
        }
        _after(job, jobId, this.reject.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function claimRefund(uint256 jobId) external nonReentrant {
        StoredJob storage job = _held(jobId);
        // The clock stands still in a pause, so only what had expired before it can be refunded in it.
        require(clock() >= job.expiredAt, JobNotExpired(jobId, _wallTime(job.expiredAt)));
        job.status = JobStatus.Expired;
        emit JobExpired(jobId);
        _refund(job, jobId, _escrow(job));
    }

    /// @inheritdoc IAgenticCommerce
    function cancel(
        uint256 jobId,
        uint256 providerAmount,
        uint256 validUntil,
        bytes calldata clientSignature,
        bytes calldata providerSignature
    ) external nonReentrant whenNotPaused {
        StoredJob storage job = _held(jobId);
        uint256 escrow = _escrow(job);
        require(providerAmount <= job.budget, InvalidSplit(jobId, providerAmount));
        require(block.timestamp <= validUntil, ConsentExpired(jobId, validUntil));
        bytes32 message = keccak256(abi.encode(CANCELLATION_TYPEHASH, jobId, providerAmount, validUntil));
        _requireConsent(job, jobId, message, clientSignature, providerSignature);

        job.status = providerAmount == 0 ? JobStatus.Rejected : JobStatus.Completed;
        emit JobCancelled(jobId, providerAmount);
        _release(job, jobId, providerAmount);
        _refund(job, jobId, escrow - providerAmount);
    }

    /// @inheritdoc IAgenticCommerce
    function extend(
        uint256 jobId,
        uint48 expiredAt,
        uint256 validUntil,
        bytes calldata optParams,
        bytes calldata clientSignature,
        bytes calldata providerSignature
    ) external nonReentrant whenNotPaused {
        StoredJob storage job = _existing(jobId);
        require(job.status <= JobStatus.Submitted, InvalidStatus(jobId, job.status));
        require(expiredAt > _wallTime(job.expiredAt), NotLater(jobId, expiredAt));
        require(block.timestamp <= validUntil, ConsentExpired(jobId, validUntil));
        bytes32 message = keccak256(abi.encode(EXTENSION_TYPEHASH, jobId, expiredAt, validUntil, keccak256(optParams)));
        _requireConsent(job, jobId, message, clientSignature, providerSignature);

        bytes memory data = abi.encode(expiredAt, optParams);
        _before(job, jobId, this.extend.selector, data);
        job.expiredAt = _clockTime(expiredAt);
        emit JobExtended(jobId, expiredAt);
        _after(job, jobId, this.extend.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function actor() external view returns (address) {
        return _actor;
    }

    /// @inheritdoc IAgenticCommerce
    function payeeOf(uint256 jobId) external view returns (address) {
        return _payeeOf(_existing(jobId));
    }

    /// @inheritdoc IAgenticCommerce
    function getJob(uint256 jobId) external view returns (Job memory) {
        StoredJob storage job = _existing(jobId);
        return Job({
            client: job.client,
            expiredAt: _wallTime(job.expiredAt),
            status: job.status,
            feeBps: job.feeBps,
            templateFeeBps: job.templateFeeBps,
            provider: job.provider,
            budget: job.budget,
            evaluator: job.evaluator,
            templateId: job.templateId,
            agentKey: job.agentKey,
            hook: _hookOf(job),
            evaluatorFee: job.evaluatorFee
        });
    }

    /// @inheritdoc IAgenticCommerce
    function getDescription(uint256 jobId) external view returns (string memory) {
        _existing(jobId);
        return _descriptions[jobId];
    }

    /// @inheritdoc IAgenticCommerce
    function token() public view returns (address) {
        return address(_TOKEN);
    }

    /// @inheritdoc IAgenticCommerce
    function newJobNonce(NewJob calldata job, bytes calldata optParams) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), block.chainid, job, optParams));
    }

    /// @inheritdoc IAgenticCommerce
    function authorizationNonce(uint256 jobId, uint256 expectedBudget) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), block.chainid, jobId, expectedBudget));
    }

    function _createJob(address client, address provider, address evaluator, uint256 expiredAt, address hook)
        private
        returns (StoredJob storage job, uint256 jobId)
    {
        require(evaluator != address(0), ZeroEvaluator());
        require(expiredAt > block.timestamp, ExpiryNotInFuture(expiredAt));
        require(hook == address(0) || hook.code.length != 0, HookWithoutCode(hook));

        uint16 feeBps;
        (jobId, feeBps) = _nextJob();
        job = _jobs[jobId];
        job.client = client;
        job.expiredAt = _clockTime(expiredAt);
        // Fixed before anybody consents, so the owner cannot raise it under a provider that has signed.
        job.feeBps = feeBps;
        job.provider = provider;
        job.evaluator = evaluator;
        if (hook == evaluator) job.hookIsEvaluator = true;
        else if (hook != address(0)) job.hook = hook;
    }

    function _createWithBudget(address client, NewJob calldata newJob, bytes calldata optParams)
        private
        returns (uint256 jobId)
    {
        StoredJob storage job;
        (job, jobId) = _createJob(client, newJob.provider, newJob.evaluator, newJob.expiredAt, newJob.hook);
        _descriptions[jobId] = newJob.description;
        uint64 agentKey;
        if (newJob.hasAgentId) {
            require(newJob.agentId < type(uint64).max, AgentIdTooLarge(newJob.agentId));
            agentKey = uint64(newJob.agentId + 1);
            job.agentKey = agentKey;
        }
        if (newJob.templateId != 0) _useTemplate(job, newJob.templateId);
        if (newJob.evaluatorFee != 0) job.evaluatorFee = newJob.evaluatorFee.toUint96();
        emit JobCreated(jobId, client, newJob.provider, newJob.evaluator, newJob.expiredAt);
        emit JobDetails(jobId, newJob.templateId, agentKey, newJob.evaluatorFee);
        _setBudget(job, jobId, newJob.budget, optParams);
    }

    function _useTemplate(StoredJob storage job, uint32 templateId) private {
        IJobTemplates.Template memory template = templates.getTemplate(templateId);
        require(template.active, TemplateInactive(templateId));
        uint256 totalBps = uint256(job.feeBps) + template.feeBps;
        require(totalBps <= MAX_TOTAL_FEE_BPS, FeesTooHigh(totalBps));
        job.templateId = templateId;
        job.templateFeeBps = template.feeBps;
    }

    function _setBudget(StoredJob storage job, uint256 jobId, uint256 amount, bytes calldata optParams) private {
        bytes memory data = abi.encode(amount, optParams);
        _before(job, jobId, this.setBudget.selector, data);
        job.budget = amount.toUint96();
        emit BudgetSet(jobId, amount);
        _after(job, jobId, this.setBudget.selector, data);
    }

    function _beginFunding(uint256 jobId, uint256 expectedBudget, bytes memory optParams)
        private
        returns (StoredJob storage job)
    {
        job = _jobIn(jobId, JobStatus.Open);
        uint256 budget = job.budget;
        require(job.provider != address(0), ZeroProvider());
        require(budget != 0, ZeroBudget(jobId));
        require(budget == expectedBudget, BudgetMismatch(jobId, budget, expectedBudget));
        require(clock() < job.expiredAt, JobHasExpired(jobId, _wallTime(job.expiredAt)));

        _before(job, jobId, this.fund.selector, optParams);
        job.status = JobStatus.Funded;
    }

    function _endFunding(StoredJob storage job, uint256 jobId, bytes memory optParams) private {
        emit JobFunded(jobId, job.client, _escrow(job));
        _after(job, jobId, this.fund.selector, optParams);
    }

    /// @dev Only where the caller is the client.
    function _pull(StoredJob storage job) private {
        _TOKEN.safeTransferFrom(job.client, address(this), _escrow(job));
    }

    function _pull(
        StoredJob storage job,
        bytes32 nonce,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) private {
        _TOKEN.pull(Payments.Authorization(job.client, _escrow(job), validAfter, validBefore, nonce), signature);
    }

    /// @dev Whoever relays a client's authorization acts for that client, and only as far as the client has signed.
    function _actFor(uint256 jobId, bytes calldata signature, bytes calldata optParams) private {
        address client = _existing(jobId).client;
        if (msg.sender == client) return;
        require(signature.length != 0, Unauthorized(jobId, msg.sender));
        require(optParams.length == 0, UnsignedOptParams(jobId));
        _actor = client;
    }

    /// @dev Fees come out of what the provider gets, and only out of that.
    function _release(StoredJob storage job, uint256 jobId, uint256 amount) private {
        if (amount == 0) return;
        uint256 fee = (amount * job.feeBps) / 10_000;
        uint256 templateFee = (amount * job.templateFeeBps) / 10_000;
        uint256 payment = amount - fee - templateFee;
        address payee = _payeeOf(job);
        emit PaymentReleased(jobId, payee, payment);
        _pay(jobId, payee, payment);
        if (fee != 0) {
            emit PlatformFeePaid(jobId, treasury, fee);
            _pay(jobId, treasury, fee);
        }
        if (templateFee != 0) {
            address creator = templates.getTemplate(job.templateId).creator;
            emit TemplateFeePaid(jobId, creator, templateFee);
            _pay(jobId, creator, templateFee);
        }
    }

    function _refund(StoredJob storage job, uint256 jobId, uint256 amount) private {
        if (amount == 0) return;
        emit Refunded(jobId, job.client, amount);
        _pay(jobId, job.client, amount);
    }

    function _payEvaluator(StoredJob storage job, uint256 jobId) private {
        uint256 fee = job.evaluatorFee;
        if (fee == 0) return;
        emit EvaluatorFeePaid(jobId, job.evaluator, fee);
        _pay(jobId, job.evaluator, fee);
    }

    function _before(StoredJob storage job, uint256 jobId, bytes4 selector, bytes memory data) private {
        address hook = _hookOf(job);
        if (hook != address(0)) IACPHook(hook).beforeAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    function _after(StoredJob storage job, uint256 jobId, bytes4 selector, bytes memory data) private {
        address hook = _hookOf(job);
        if (hook != address(0)) IACPHook(hook).afterAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    function _requireConsent(
        StoredJob storage job,
        uint256 jobId,
        bytes32 message,
        bytes calldata clientSignature,
        bytes calldata providerSignature
    ) private view {
        bytes32 digest = _hashTypedDataV4(message);
        address client = job.client;
        require(_consents(client, digest, clientSignature), InvalidConsent(jobId, client));
        address provider = job.provider;
        bool consents =
            _consents(provider, digest, providerSignature) || _consents(_payeeOf(job), digest, providerSignature);
        require(consents, InvalidConsent(jobId, provider));
    }

    function _consents(address party, bytes32 digest, bytes calldata signature) private view returns (bool) {
        return msg.sender == party || SignatureChecker.isValidSignatureNow(party, digest, signature);
    }

    /// @dev The registry is not ours: whatever it does, a job can be paid. Too little gas for it is refused, because a
    /// caller could else choose who is paid.
    function _payeeOf(StoredJob storage job) private view returns (address) {
        (address provider, uint64 agentKey) = (job.provider, job.agentKey);
        if (agentKey == 0) return provider;
        require(gasleft() > (REGISTRY_GAS * 64) / 63 + 10_000, InsufficientGas());
        (bool ok, bytes memory result) = address(identityRegistry).staticcall{gas: REGISTRY_GAS}(
            abi.encodeCall(IIdentityRegistry.getAgentWallet, (agentKey - 1))
        );
        if (!ok || result.length != 32) return provider;
        uint256 wallet = abi.decode(result, (uint256));
        return wallet == 0 || wallet > type(uint160).max ? provider : address(uint160(wallet));
    }

    function _hookOf(StoredJob storage job) private view returns (address) {
        return job.hookIsEvaluator ? job.evaluator : job.hook;
    }

    function _escrow(StoredJob storage job) private view returns (uint256) {
        return uint256(job.budget) + job.evaluatorFee;
    }

    function _decidable(uint256 jobId) private view returns (StoredJob storage job) {
        job = _jobIn(jobId, JobStatus.Submitted);
        require(msg.sender == job.evaluator, Unauthorized(jobId, msg.sender));
    }

    function _held(uint256 jobId) private view returns (StoredJob storage job) {
        job = _existing(jobId);
        JobStatus status = job.status;
        require(status == JobStatus.Funded || status == JobStatus.Submitted, InvalidStatus(jobId, status));
    }

    function _jobIn(uint256 jobId, JobStatus status) private view returns (StoredJob storage job) {
        job = _existing(jobId);
        require(job.status == status, InvalidStatus(jobId, job.status));
    }

    function _existing(uint256 jobId) private view returns (StoredJob storage job) {
        job = _jobs[jobId];
        require(job.client != address(0), JobNotFound(jobId));
    }

    function _clockTime(uint256 wallTime) private view returns (uint48) {
        uint256 latest = block.timestamp + MAX_DURATION;
        require(wallTime <= latest, ExpiryTooFar(wallTime, latest));
        return uint48(wallTime - pausedSeconds());
    }

    function _wallTime(uint48 clockTime) private view returns (uint48) {
        return clockTime + pausedSeconds();
    }
}
