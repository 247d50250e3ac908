// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IJobTemplates} from "./interfaces/IJobTemplates.sol";
import {IUSDC} from "./interfaces/IUSDC.sol";
import {KernelJobs} from "./KernelJobs.sol";
import {Payments} from "./libraries/Payments.sol";

/// @title From a job's creation to its funding
abstract contract KernelFunding is KernelJobs {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using Payments for IERC20;

    /// @notice Platform and template together.
    uint256 public constant MAX_TOTAL_FEE_BPS = 2_000;

    IJobTemplates public immutable templates;

    constructor(address templates_) {
        templates = IJobTemplates(templates_);
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
}
