// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ERC-8183 agentic commerce kernel
/// @notice Holds a client's budget in escrow until the job's evaluator decides or the job expires. Functions marked
/// "Extension" are not part of ERC-8183; each only combines standard steps.
interface IAgenticCommerce {
    enum JobStatus {
        Open,
        Funded,
        Submitted,
        Completed,
        Rejected,
        Expired
    }

    /// @dev Packed into four slots; the description is kept beside it so that contracts can read a job cheaply.
    struct Job {
        address client;
        uint48 expiredAt;
        JobStatus status;
        uint16 feeBps;
        address provider;
        uint96 budget;
        address evaluator;
        address hook;
    }

    event JobCreated(
        uint256 indexed jobId, address indexed client, address indexed provider, address evaluator, uint256 expiredAt
    );
    event ProviderSet(uint256 indexed jobId, address indexed provider);
    event BudgetSet(uint256 indexed jobId, uint256 amount);
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);
    event JobExpired(uint256 indexed jobId);
    event PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount);
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /// @notice Extension: the platform's share of a completed job.
    event PlatformFeePaid(uint256 indexed jobId, address indexed treasury, uint256 amount);
    /// @notice Extension: the token refused a payout, so it waits in `withdrawable`.
    event PayoutDeferred(uint256 indexed jobId, address indexed account, uint256 amount);
    /// @notice Extension: a deferred payout left the contract.
    event Withdrawn(address indexed account, uint256 amount);
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
    error NothingToWithdraw(address account);
    error FeeTooHigh(uint256 feeBps);
    error InvalidTreasury(address treasury);

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

    /// @notice Extension: `createJob` and `setBudget` in one transaction.
    function createJobWithBudget(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook,
        uint256 budget,
        bytes calldata optParams
    ) external returns (uint256 jobId);

    /// @notice Extension: `fund` paid by the client's EIP-3009 signature. Anyone holding it may send it; the client
    /// pays. The token nonce is `authorizationNonce(jobId, expectedBudget)`, so the signature fits this job only.
    /// A relayer cannot pass `optParams`, because the client has not signed them.
    function fundWithAuthorization(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature,
        bytes calldata optParams
    ) external;

    /// @notice Extension: `fund` with an EIP-2612 permit for exactly the budget. Client only. A permit that somebody
    /// else already sent is no obstacle.
    function fundWithPermit(
        uint256 jobId,
        uint256 expectedBudget,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes calldata optParams
    ) external;

    /// @notice Extension: pays the caller what the token refused to deliver earlier.
    function withdraw() external;

    /// @notice Extension: the fee of jobs created from now on. Owner only; at most `MAX_FEE_BPS`.
    function setPlatformFee(uint16 feeBps, address treasury) external;

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

    /// @notice Extension: payouts waiting for `withdraw`.
    function withdrawable(address account) external view returns (uint256);

    /// @notice The one payment token.
    function token() external view returns (address);

    /// @notice Basis points taken from jobs created now, on completion only.
    function platformFeeBps() external view returns (uint16);

    /// @notice Who receives the fee.
    function treasury() external view returns (address);
}
