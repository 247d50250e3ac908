// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Seats of arbitrators, each with a stake
/// @notice Who may judge a dispute is fixed when it goes to arbitration: later seats do not count, and a seat on notice
/// stays until the longest dispute is over, so nobody can join or leave to change a draw.
interface IArbitratorPool {
    /// @param noticeAt When it asked to leave; 0 while it stays.
    /// @param open Disputes it is assigned to now.
    struct Arbitrator {
        uint96 stake;
        uint48 since;
        uint48 noticeAt;
        uint32 open;
        uint32 ruled;
        uint32 missed;
        uint32 seat;
    }

    event ArbitratorJoined(address indexed arbitrator, uint256 stake);
    event StakeAdded(address indexed arbitrator, uint256 amount, uint256 stake);
    event LeaveRequested(address indexed arbitrator, uint256 leaveFrom);
    event LeaveWithdrawn(address indexed arbitrator);
    event ArbitratorLeft(address indexed arbitrator, uint256 stake);
    event ArbitratorSlashed(address indexed arbitrator, uint256 amount, uint256 stake);

    error StakeTooLow(uint256 stake, uint256 minimum);
    error AlreadyArbitrator(address account);
    error NotAnArbitrator(address account);
    error NoticeNotGiven(address account);
    error NoticeRunning(address account, uint256 leaveFrom);
    error StillAssigned(address account, uint32 open);
    error SignatureMissing(address arbitrator);
    error NotDisputes(address caller);

    /// @notice Takes a seat with at least `MIN_STAKE`, by allowance.
    function join(uint256 stake) external;

    /// @notice Takes a seat with a stake paid by the arbitrator's EIP-3009 signature. Anyone may bring it; the token
    /// nonce is `joinNonce(arbitrator, stake)`.
    function joinWithAuthorization(
        address arbitrator,
        uint256 stake,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) external;

    /// @notice Adds to the caller's stake.
    function addStake(uint256 amount) external;

    /// @notice Announces that the caller leaves; it gets no new disputes that are escalated after this.
    function requestLeave() external;

    /// @notice Takes the announcement back.
    function cancelLeave() external;

    /// @notice Returns the caller's stake after `NOTICE`, when no dispute is open with it.
    function withdrawStake() external;

    /// @notice The arbitrator that `entropy` draws for this assignment, or zero when none is eligible: seated before
    /// `escalatedAt`, not on notice then, staked with `minStake` then and now, and none of `excluded`. Every eligible
    /// seat has the same chance. Looks at `MAX_PROBES` seats at most, and draws nobody from `NOTICE` after
    /// `escalatedAt` on, when seats can change hands.
    function draw(bytes32 entropy, uint8 assignment, uint48 escalatedAt, uint256 minStake, address[] calldata excluded)
        external
        view
        returns (address);

    /// @notice Counts an assignment. Only the disputes contract, as the two below.
    function begin(address arbitrator) external;

    /// @notice Ends an assignment with a ruling, or without anybody's fault.
    function end(address arbitrator, bool ruled) external;

    /// @notice Ends an assignment that the arbitrator missed and takes `SLASH_BPS` of its stake to the treasury.
    function slash(address arbitrator) external returns (uint256 amount);

    function getArbitrator(address account) external view returns (Arbitrator memory);

    /// @notice Seats ever taken; a seat that was left is empty until somebody takes it.
    function seatCount() external view returns (uint256);

    function seatAt(uint256 index) external view returns (address);

    function joinNonce(address arbitrator, uint256 stake) external view returns (bytes32);
}
