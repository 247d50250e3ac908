// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {KernelAdmin} from "./KernelAdmin.sol";
import {KernelFunding} from "./KernelFunding.sol";
import {KernelJobs} from "./KernelJobs.sol";
import {Payouts} from "./libraries/Payouts.sol";

/// @title ERC-8183 agentic commerce kernel
/// @notice The owner sets the fee of future jobs, the treasury and the guardian, and nothing else: there is no upgrade
/// and no path from an owner or guardian to users' money.
contract AgenticCommerce is KernelFunding {
    bytes32 public constant CANCELLATION_TYPEHASH =
        keccak256("Cancellation(uint256 jobId,uint256 providerAmount,uint256 validUntil)");
    bytes32 public constant EXTENSION_TYPEHASH =
        keccak256("Extension(uint256 jobId,uint48 expiredAt,uint256 validUntil,bytes optParams)");

    constructor(address token_, address identityRegistry_, address templates_, address owner_, address guardian_)
        KernelAdmin(owner_, guardian_)
        Payouts(token_)
        EIP712("Bonafide Agentic Commerce", "1")
        KernelJobs(identityRegistry_)
        KernelFunding(templates_)
    {}

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

    function _decidable(uint256 jobId) private view returns (StoredJob storage job) {
        job = _jobIn(jobId, JobStatus.Submitted);
        require(msg.sender == job.evaluator, Unauthorized(jobId, msg.sender));
    }
}
