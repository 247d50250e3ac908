// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayouts} from "./IPayouts.sol";

/// @title ERC-8183 agentic commerce kernel
/// @notice Holds a client's budget in escrow until the job's evaluator decides or the job expires. Functions marked
/// "Extension" are not part of ERC-8183. They combine standard steps, or need the signatures of both parties.
/// @dev Times are Unix seconds. While the kernel is paused no clock of a job runs: every deadline that has not passed
/// moves by the time of the pause, and the views report where it is now.
interface IAgenticCommerce is IPayouts {
    enum JobStatus {
        Open,
        Funded,
        Submitted,
        Completed,
        Rejected,
        Expired
    }

    /// @dev `agentKey` is 0 without an agent and else its ERC-8004 id + 1. The description is kept beside the job, so
    /// that contracts can read it cheaply.
    struct Job {
        address client;
        uint48 expiredAt;
        JobStatus status;
        uint16 feeBps;
        uint16 templateFeeBps;
        address provider;
        uint96 budget;
        address evaluator;
        uint32 templateId;
        uint64 agentKey;
        address hook;
        uint96 evaluatorFee;
    }

    /// @notice What a client asks for when it creates, prices and perhaps funds a job in one transaction.
    /// @param evaluatorFee On top of the budget; the evaluator gets it when it decides, the client when nobody does.
    /// @param templateId 0 without a template.
    /// @param hasAgentId Whether `agentId` names the provider's ERC-8004 identity, whose registered wallet is paid.
    struct NewJob {
        address provider;
        address evaluator;
        address hook;
        uint48 expiredAt;
        uint256 budget;
        uint256 evaluatorFee;
        uint32 templateId;
        bool hasAgentId;
        uint256 agentId;
        string description;
    }

    /// @notice A client's EIP-3009 authorization. With an empty signature the allowance of the caller is used, who must
    /// then be the client.
    struct Payment {
        address client;
        uint256 validAfter;
        uint256 validBefore;
        bytes signature;
    }

    event JobCreated(
        uint256 indexed jobId, address indexed client, address indexed provider, address evaluator, uint256 expiredAt
    );
    event ProviderSet(uint256 indexed jobId, address indexed provider);
    event BudgetSet(uint256 indexed jobId, uint256 amount);
    /// @dev The amount is all that was pulled: the budget and the evaluator's fee.
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);
    event JobExpired(uint256 indexed jobId);
    /// @dev `provider` is who was paid: `payeeOf`. The amount is net of fees.
    event PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount);
    /// @dev The amount includes the evaluator's fee when nobody has earned it.
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /// @notice Extension: beside `JobCreated` of a job made from a `NewJob`.
    event JobDetails(uint256 indexed jobId, uint32 indexed templateId, uint64 agentKey, uint256 evaluatorFee);
    /// @notice Extension: the provider refused an open job.
    event JobDeclined(uint256 indexed jobId, address indexed provider, bytes32 reason);
    /// @notice Extension: both parties ended the job and divided the budget.
    event JobCancelled(uint256 indexed jobId, uint256 providerAmount);
    /// @notice Extension: both parties moved the expiry.
    event JobExtended(uint256 indexed jobId, uint256 expiredAt);
    /// @notice Extension: the evaluator's fee went to the evaluator.
    event EvaluatorFeePaid(uint256 indexed jobId, address indexed evaluator, uint256 amount);
    /// @notice Extension: the template's share of a completed job.
    event TemplateFeePaid(uint256 indexed jobId, address indexed recipient, uint256 amount);
    /// @notice Extension: no clock runs until `until`, or until the guardian ends the pause earlier.
    event Paused(address indexed guardian, uint256 until);
    /// @notice Extension: clocks run again.
    event Unpaused(uint256 pausedSeconds);
    /// @notice Extension: who may pause from now on.
    event GuardianSet(address indexed guardian);
    /// @notice Extension: the platform's share of a completed job.
    event PlatformFeePaid(uint256 indexed jobId, address indexed treasury, uint256 amount);
    /// @notice Extension: the fee of jobs created from now on.
    event PlatformFeeSet(uint256 feeBps, address indexed treasury);

    error JobNotFound(uint256 jobId);
    error InvalidStatus(uint256 jobId, JobStatus status);
    error Unauthorized(uint256 jobId, address caller);
    error ZeroEvaluator();
    error ZeroProvider();
    error ProviderAlreadySet(uint256 jobId);
    error ExpiryNotInFuture(uint256 expiredAt);
    error ExpiryTooFar(uint256 expiredAt, uint256 latest);
    error HookWithoutCode(address hook);
    error ZeroBudget(uint256 jobId);
    error BudgetMismatch(uint256 jobId, uint256 budget, uint256 expectedBudget);
    error JobHasExpired(uint256 jobId, uint256 expiredAt);
    error JobNotExpired(uint256 jobId, uint256 expiredAt);
    error UnsignedOptParams(uint256 jobId);
    error InvalidSplit(uint256 jobId, uint256 providerAmount);
    error InvalidConsent(uint256 jobId, address party);
    error ConsentExpired(uint256 jobId, uint256 validUntil);
    error NotLater(uint256 jobId, uint256 expiredAt);
    error TemplateInactive(uint32 templateId);
    error AgentIdTooLarge(uint256 agentId);
    error FeesTooHigh(uint256 feeBps);
    error KernelPaused(uint256 until);
    error NotPaused();
    error NotGuardian(address caller);
    error PauseNotAllowedYet(uint256 from);
    error FeeTooHigh(uint256 feeBps);
    error InvalidTreasury(address treasury);
    error InsufficientGas();

    /// @notice Opens a job; the caller is its client. `provider` and `hook` may be zero.
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external returns (uint256 jobId);

    /// @notice Names the provider of a job created without one. Client only, while Open.
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external;

    /// @notice Sets the price. Client or provider, while Open.
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external;

    /// @notice Pulls the budget from the client by allowance. Client only, while Open.
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external;

    /// @notice Delivers. Provider only, while Funded and before expiry.
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external;

    /// @notice Releases the escrow to the provider. Evaluator only, while Submitted.
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Ends the job and refunds the client. Client while Open; evaluator while Funded or Submitted.
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Refunds the client of a Funded or Submitted job from `expiredAt` on. Anyone; never hooked.
    function claimRefund(uint256 jobId) external;

    /// @notice Extension: `createJob` and `setBudget` in one transaction; the caller is the client.
    function createJobWithBudget(NewJob calldata job, bytes calldata optParams) external returns (uint256 jobId);

    /// @notice Extension: `createJob`, `setBudget` and `fund` in one transaction. Anyone may bring the client's
    /// signature, whose token nonce is `newJobNonce(job, optParams)`: it fits exactly this job and can be used once.
    function createAndFund(NewJob calldata job, Payment calldata payment, bytes calldata optParams)
        external
        returns (uint256 jobId);

    /// @notice Extension: refuses an open job. Its provider only.
    function decline(uint256 jobId, bytes32 reason) external;

    /// @notice Extension: releases a part of the escrow to the provider and refunds the rest. Evaluator only, while
    /// Submitted. Ends as Completed; fees are taken from the provider's part only.
    function completeSplit(uint256 jobId, uint256 providerAmount, bytes32 reason, bytes calldata optParams) external;

    /// @notice Extension: ends a Funded or Submitted job as both parties agree, whatever its evaluator does: Completed
    /// when the provider gets anything, else Rejected. Never hooked. The caller needs no signature of its own; the
    /// other party's is EIP-712
    /// `Cancellation(uint256 jobId,uint256 providerAmount,uint256 validUntil)`.
    function cancel(
        uint256 jobId,
        uint256 providerAmount,
        uint256 validUntil,
        bytes calldata clientSignature,
        bytes calldata providerSignature
    ) external;

    /// @notice Extension: moves the expiry of a job that has not ended to a later time, as both parties agree. Hooked
    /// with `abi.encode(expiredAt, optParams)`. Signatures as for `cancel`, over
    /// `Extension(uint256 jobId,uint48 expiredAt,uint256 validUntil,bytes optParams)`.
    function extend(
        uint256 jobId,
        uint48 expiredAt,
        uint256 validUntil,
        bytes calldata optParams,
        bytes calldata clientSignature,
        bytes calldata providerSignature
    ) external;

    /// @notice Extension: `fund` paid by the client's EIP-3009 signature. Anyone holding it may send it; the client
    /// pays the budget and the evaluator's fee. The token nonce is `authorizationNonce(jobId, expectedBudget)`, so the
    /// signature fits this job only. A relayer cannot pass `optParams`, because the client has not signed them.
    function fundWithAuthorization(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature,
        bytes calldata optParams
    ) external;

    /// @notice Extension: `fund` with an EIP-2612 permit for exactly the budget and the evaluator's fee. Client only. A
    /// permit that somebody else already sent is no obstacle.
    function fundWithPermit(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes calldata optParams
    ) external;

    /// @notice Extension: the fee of jobs created from now on. Owner only; at most `MAX_FEE_BPS`.
    function setPlatformFee(uint16 feeBps, address treasury) external;

    /// @notice Extension: stops all clocks for at most `MAX_PAUSE`; ends by itself. Guardian only, and not again before
    /// `PAUSE_INTERVAL` has passed since the last one ended. `claimRefund` of expired jobs and `withdraw` stay open.
    function pause() external;

    /// @notice Extension: ends a pause early. Guardian only.
    function unpause() external;

    /// @notice Extension: names who may pause. Owner only.
    function setGuardian(address guardian) external;

    /// @notice Extension: seconds that all clocks have stood still, a running pause included.
    function pausedSeconds() external view returns (uint48);

    /// @notice Extension: the time that deadlines are measured in: `block.timestamp - pausedSeconds()`.
    function clock() external view returns (uint48);

    /// @notice Extension: reverts with `KernelPaused` while paused.
    function requireNotPaused() external view;

    /// @notice Extension: who would be paid now: the registered wallet of the provider's agent, else the provider.
    function payeeOf(uint256 jobId) external view returns (address);

    /// @notice Extension: the EIP-3009 nonce that a client signs for `createAndFund`.
    function newJobNonce(NewJob calldata job, bytes calldata optParams) external view returns (bytes32);

    /// @notice Extension: the EIP-3009 nonce that a client signs to fund this job with this amount.
    function authorizationNonce(uint256 jobId, uint256 expectedBudget) external view returns (bytes32);

    /// @notice Extension: on whose behalf the action now being hooked runs, zero outside one. ERC-8183 hook data
    /// does not say, and a hook must tell a client's terms from a provider's.
    function actor() external view returns (address);

    /// @notice The job; reverts when there is none.
    function getJob(uint256 jobId) external view returns (Job memory);

    /// @notice The description given at creation; reverts when there is no such job.
    function getDescription(uint256 jobId) external view returns (string memory);

    /// @notice The newest job id; ids start at 1.
    function jobCount() external view returns (uint256);

    /// @notice The one payment token.
    function token() external view returns (address);

    /// @notice Basis points taken from jobs created now, on completion only.
    function platformFeeBps() external view returns (uint16);

    /// @notice Who receives the fee.
    function treasury() external view returns (address);
}
