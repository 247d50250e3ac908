// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Payouts that no payee can hold up
/// @notice What the token refuses to deliver waits for the payee, and the job goes on.
interface IPayouts {
    /// @notice The token refused a payout, so it waits in `withdrawable`.
    event PayoutDeferred(uint256 indexed jobId, address indexed account, uint256 amount);
    /// @notice Deferred payouts left the contract.
    event Withdrawn(address indexed account, uint256 amount);

    error NothingToWithdraw(address account);

    /// @notice Pays the caller what the token refused to deliver earlier. Open while the kernel is paused.
    function withdraw() external;

    /// @notice Payouts waiting for `withdraw`.
    function withdrawable(address account) external view returns (uint256);
}
