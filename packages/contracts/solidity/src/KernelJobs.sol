// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IACPHook} from "./interfaces/IACPHook.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IIdentityRegistry} from "./interfaces/IERC8004.sol";
import {KernelAdmin} from "./KernelAdmin.sol";
import {Payouts} from "./libraries/Payouts.sol";

/// @title The jobs of the kernel, their hooks and their payees
abstract contract KernelJobs is KernelAdmin, Payouts, EIP712 {
    using SafeCast for uint256;

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

    uint256 public constant MAX_DURATION = 365 days;
    /// @notice Gas a hook may use per call, so that a hook cannot burn a whole block.
    uint256 public constant HOOK_GAS_LIMIT = 1_000_000;
    /// @notice Gas the identity registry may use to name a wallet; the published one needs about a third.
    uint256 public constant REGISTRY_GAS = 60_000;

    IIdentityRegistry public immutable identityRegistry;

    mapping(uint256 jobId => StoredJob job) internal _jobs;
    mapping(uint256 jobId => string description) internal _descriptions;
    address internal transient _actor;

    constructor(address identityRegistry_) {
        identityRegistry = IIdentityRegistry(identityRegistry_);
    }

    /// @dev Tells hooks on whose behalf an action runs; cleared again when the action ends.
    modifier acting() {
        _actor = msg.sender;
        _;
        _actor = address(0);
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

    function _before(StoredJob storage job, uint256 jobId, bytes4 selector, bytes memory data) internal {
        address hook = _hookOf(job);
        if (hook != address(0)) IACPHook(hook).beforeAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    function _after(StoredJob storage job, uint256 jobId, bytes4 selector, bytes memory data) internal {
        address hook = _hookOf(job);
        if (hook != address(0)) IACPHook(hook).afterAction{gas: HOOK_GAS_LIMIT}(jobId, selector, data);
    }

    /// @dev The registry is not ours: whatever it does, a job can be paid. Too little gas for it is refused, because a
    /// caller could else choose who is paid.
    function _payeeOf(StoredJob storage job) internal view returns (address) {
        (address provider, uint64 agentKey) = (job.provider, job.agentKey);
        if (agentKey == 0) return provider;
        require(gasleft() > (REGISTRY_GAS * 64) / 63 + 10_000, InsufficientGas());
        (bool ok, bytes memory result) = address(identityRegistry).staticcall{gas: REGISTRY_GAS}(
            abi.encodeCall(IIdentityRegistry.getAgentWallet, (agentKey - 1))
        );
        if (!ok || result.length != 32) return provider;
        uint256 wallet = abi.decode(result, (uint256));
        if (wallet == 0 || wallet > type(uint160).max) return provider;
        return address(uint160(wallet)); // forge-lint: disable-line(unsafe-typecast)
    }

    function _hookOf(StoredJob storage job) internal view returns (address) {
        return job.hookIsEvaluator ? job.evaluator : job.hook;
    }

    function _escrow(StoredJob storage job) internal view returns (uint256) {
        return uint256(job.budget) + job.evaluatorFee;
    }

    function _held(uint256 jobId) internal view returns (StoredJob storage job) {
        job = _existing(jobId);
        JobStatus status = job.status;
        require(status == JobStatus.Funded || status == JobStatus.Submitted, InvalidStatus(jobId, status));
    }

    function _jobIn(uint256 jobId, JobStatus status) internal view returns (StoredJob storage job) {
        job = _existing(jobId);
        require(job.status == status, InvalidStatus(jobId, job.status));
    }

    function _existing(uint256 jobId) internal view returns (StoredJob storage job) {
        job = _jobs[jobId];
        require(job.client != address(0), JobNotFound(jobId));
    }

    function _clockTime(uint256 wallTime) internal view returns (uint48) {
        uint256 latest = block.timestamp + MAX_DURATION;
        require(wallTime <= latest, ExpiryTooFar(wallTime, latest));
        return (wallTime - pausedSeconds()).toUint48();
    }

    function _wallTime(uint48 clockTime) internal view returns (uint48) {
        return clockTime + pausedSeconds();
    }
}
