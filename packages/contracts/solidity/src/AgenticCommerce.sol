// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IACPHook} from "./interfaces/IACPHook.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IUSDC} from "./interfaces/IUSDC.sol";

/// @title ERC-8183 agentic commerce kernel
/// @notice The owner can set the fee of future jobs and the treasury, and nothing else: there is no pause, no upgrade
/// and no path from an owner to users' money.
contract AgenticCommerce is IAgenticCommerce, Ownable2Step, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint16 public constant MAX_FEE_BPS = 1_000;
    uint256 public constant MAX_DURATION = 365 days;
    /// @notice Gas a hook may use per call, so that a hook cannot burn a whole block.
    uint256 public constant HOOK_GAS_LIMIT = 1_000_000;

    /// @inheritdoc IAgenticCommerce
    address public immutable token;
    /// @inheritdoc IAgenticCommerce
    uint256 public jobCount;
    /// @inheritdoc IAgenticCommerce
    address public treasury;
    /// @inheritdoc IAgenticCommerce
    uint16 public platformFeeBps;
    /// @inheritdoc IAgenticCommerce
    mapping(address account => uint256 amount) public withdrawable;

    mapping(uint256 jobId => Job job) private _jobs;
    mapping(uint256 jobId => string description) private _descriptions;
    address private transient _actor;

    constructor(address token_, address owner_) Ownable(owner_) {
        token = token_;
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
    ) external nonReentrant returns (uint256 jobId) {
        return _createJob(provider, evaluator, expiredAt, description, hook);
    }

    /// @inheritdoc IAgenticCommerce
    function createJobWithBudget(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook,
        uint256 budget,
        bytes calldata optParams
    ) external nonReentrant acting returns (uint256 jobId) {
        jobId = _createJob(provider, evaluator, expiredAt, description, hook);
        _setBudget(jobId, budget, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external nonReentrant acting {
        Job storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client, Unauthorized(jobId, msg.sender));
        require(job.provider == address(0), ProviderAlreadySet(jobId));
        require(provider != address(0), ZeroProvider());

        bytes memory data = abi.encode(provider, optParams);
        _before(job.hook, jobId, this.setProvider.selector, data);
        job.provider = provider;
        emit ProviderSet(jobId, provider);
        _after(job.hook, jobId, this.setProvider.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external nonReentrant acting {
        Job storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client || msg.sender == job.provider, Unauthorized(jobId, msg.sender));
        _setBudget(jobId, amount, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external nonReentrant acting {
        require(msg.sender == _existing(jobId).client, Unauthorized(jobId, msg.sender));
        Job storage job = _beginFunding(jobId, expectedBudget, optParams);
        _pullBudget(job);
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
    ) external nonReentrant acting {
        require(msg.sender == _existing(jobId).client, Unauthorized(jobId, msg.sender));
        Job storage job = _beginFunding(jobId, expectedBudget, optParams);
        // A front-run permit has already set the allowance; a bad one leaves none, and the pull below fails.
        try IUSDC(token).permit(msg.sender, address(this), expectedBudget, deadline, v, r, s) {} catch {}
        _pullBudget(job);
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
    ) external nonReentrant acting {
        _actFor(jobId, optParams);
        Job storage job = _beginFunding(jobId, expectedBudget, optParams);
        _receiveBudget(job, jobId, validAfter, validBefore, signature);
        _endFunding(job, jobId, optParams);
    }

    /// @inheritdoc IAgenticCommerce
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external nonReentrant acting {
        Job storage job = _jobIn(jobId, JobStatus.Funded);
        require(msg.sender == job.provider, Unauthorized(jobId, msg.sender));
        require(block.timestamp < job.expiredAt, JobHasExpired(jobId, job.expiredAt));

        bytes memory data = abi.encode(deliverable, optParams);
        _before(job.hook, jobId, this.submit.selector, data);
        job.status = JobStatus.Submitted;
        emit JobSubmitted(jobId, msg.sender, deliverable);
        _after(job.hook, jobId, this.submit.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant acting {
        Job storage job = _jobIn(jobId, JobStatus.Submitted);
        require(msg.sender == job.evaluator, Unauthorized(jobId, msg.sender));

        bytes memory data = abi.encode(reason, optParams);
        _before(job.hook, jobId, this.complete.selector, data);
        job.status = JobStatus.Completed;
        emit JobCompleted(jobId, msg.sender, reason);
        _release(job, jobId);
        _after(job.hook, jobId, this.complete.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant acting {
        Job storage job = _existing(jobId);
        JobStatus status = job.status;
        require(status <= JobStatus.Submitted, InvalidStatus(jobId, status));
        address rejector = status == JobStatus.Open ? job.client : job.evaluator;
        require(msg.sender == rejector, Unauthorized(jobId, msg.sender));

        bytes memory data = abi.encode(reason, optParams);
        _before(job.hook, jobId, this.reject.selector, data);
        job.status = JobStatus.Rejected;
        emit JobRejected(jobId, msg.sender, reason);
        if (status != JobStatus.Open) _refund(job, jobId);
        _after(job.hook, jobId, this.reject.selector, data);
    }

    /// @inheritdoc IAgenticCommerce
    function claimRefund(uint256 jobId) external nonReentrant {
        Job storage job = _existing(jobId);
        JobStatus status = job.status;
        require(status == JobStatus.Funded || status == JobStatus.Submitted, InvalidStatus(jobId, status));
        require(block.timestamp >= job.expiredAt, JobNotExpired(jobId, job.expiredAt));

        job.status = JobStatus.Expired;
        emit JobExpired(jobId);
        _refund(job, jobId);
    }

    /// @inheritdoc IAgenticCommerce
    function withdraw() external nonReentrant {
        uint256 amount = withdrawable[msg.sender];
        require(amount != 0, NothingToWithdraw(msg.sender));
        withdrawable[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        IERC20(token).safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IAgenticCommerce
    function setPlatformFee(uint16 feeBps, address treasury_) external onlyOwner {
        require(feeBps <= MAX_FEE_BPS, FeeTooHigh(feeBps));
        // Jobs already created with a fee still need somewhere to pay it, so the treasury never becomes zero again.
        bool unset = treasury_ == address(0) && (feeBps != 0 || treasury != address(0));
        require(!unset && treasury_ != address(this), InvalidTreasury(treasury_));
        platformFeeBps = feeBps;
        treasury = treasury_;
        emit PlatformFeeSet(feeBps, treasury_);
    }

    /// @inheritdoc IAgenticCommerce
    function actor() external view returns (address) {
        return _actor;
    }

    /// @inheritdoc IAgenticCommerce
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _existing(jobId);
    }

    /// @inheritdoc IAgenticCommerce
    function getDescription(uint256 jobId) external view returns (string memory) {
        _existing(jobId);
        return _descriptions[jobId];
    }

    /// @inheritdoc IAgenticCommerce
    function authorizationNonce(uint256 jobId, uint256 expectedBudget) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), block.chainid, jobId, expectedBudget));
    }

    function _createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) private returns (uint256 jobId) {
        require(evaluator != address(0), ZeroEvaluator());
        require(expiredAt > block.timestamp, ExpiryNotInFuture(expiredAt));
        uint256 latest = block.timestamp + MAX_DURATION;
        require(expiredAt <= latest, ExpiryTooFar(expiredAt, latest));
        require(hook == address(0) || hook.code.length != 0, HookWithoutCode(hook));

        jobId = ++jobCount;
        Job storage job = _jobs[jobId];
        job.client = msg.sender;
        job.expiredAt = expiredAt.toUint48();
        // Fixed before anybody consents, so the owner cannot raise it under a provider that has signed.
        job.feeBps = platformFeeBps;
        job.provider = provider;
        job.evaluator = evaluator;
        job.hook = hook;
        _descriptions[jobId] = description;
        emit JobCreated(jobId, msg.sender, provider, evaluator, expiredAt);
    }

    function _setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) private {
        Job storage job = _jobs[jobId];
        bytes memory data = abi.encode(amount, optParams);
        _before(job.hook, jobId, this.setBudget.selector, data);
        job.budget = amount.toUint96();
        emit BudgetSet(jobId, amount);
        _after(job.hook, jobId, this.setBudget.selector, data);
    }

    function _beginFunding(uint256 jobId, uint256 expectedBudget, bytes calldata optParams)
        private
        returns (Job storage job)
    {
        job = _jobIn(jobId, JobStatus.Open);
        require(job.provider != address(0), ZeroProvider());
        require(job.budget != 0, ZeroBudget(jobId));
        require(job.budget == expectedBudget, BudgetMismatch(jobId, job.budget, expectedBudget));
        require(block.timestamp < job.expiredAt, JobHasExpired(jobId, job.expiredAt));

        _before(job.hook, jobId, this.fund.selector, optParams);
        job.status = JobStatus.Funded;
    }

    function _pullBudget(Job storage job) private {
        IERC20(token).safeTransferFrom(job.client, address(this), job.budget);
    }

    function _receiveBudget(
        Job storage job,
        uint256 jobId,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) private {
        uint256 budget = job.budget;
        bytes32 nonce = authorizationNonce(jobId, budget);
        IUSDC(token)
            .receiveWithAuthorization(job.client, address(this), budget, validAfter, validBefore, nonce, signature);
    }

    /// @dev Whoever relays a client's authorization acts for that client, and only as far as the client has signed.
    function _actFor(uint256 jobId, bytes calldata optParams) private {
        address client = _existing(jobId).client;
        require(msg.sender == client || optParams.length == 0, UnsignedOptParams(jobId));
        _actor = client;
    }

    function _endFunding(Job storage job, uint256 jobId, bytes calldata optParams) private {
        emit JobFunded(jobId, job.client, job.budget);
        _after(job.hook, jobId, this.fund.selector, optParams);
    }

    function _release(Job storage job, uint256 jobId) private {
        uint256 fee = (uint256(job.budget) * job.feeBps) / 10_000;
        uint256 payment = job.budget - fee;
        emit PaymentReleased(jobId, job.provider, payment);
        _pay(jobId, job.provider, payment);
        if (fee != 0) {
            emit PlatformFeePaid(jobId, treasury, fee);
            _pay(jobId, treasury, fee);
        }
    }

    function _refund(Job storage job, uint256 jobId) private {
        emit Refunded(jobId, job.client, job.budget);
        _pay(jobId, job.client, job.budget);
    }

    /// @dev A token that refuses one payee (blacklist, pause) must not hold up the job. Starving this call of gas to
    /// force a deferral needs a transfer that costs 64 times the two writes below; USDC's costs about as much as one.
    function _pay(uint256 jobId, address account, uint256 amount) private {
        if (IERC20(token).trySafeTransfer(account, amount)) return;
        withdrawable[account] += amount;
        emit PayoutDeferred(jobId, account, amount);
    }

    function _before(address hook, uint256 jobId, bytes4 selector, bytes memory data) private {
        if (hook != address(0)) IACPHook(hook).beforeAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    function _after(address hook, uint256 jobId, bytes4 selector, bytes memory data) private {
        if (hook != address(0)) IACPHook(hook).afterAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    function _jobIn(uint256 jobId, JobStatus status) private view returns (Job storage job) {
        job = _existing(jobId);
        require(job.status == status, InvalidStatus(jobId, job.status));
    }

    function _existing(uint256 jobId) private view returns (Job storage job) {
        job = _jobs[jobId];
        require(job.client != address(0), JobNotFound(jobId));
    }
}
