// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ERC-8183 hook
/// @notice Called by the kernel around every hookable function of a job that names it.
interface IACPHook {
    /// @notice Runs before the core logic; a revert blocks the action.
    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external;

    /// @notice Runs after state changes and transfers; a revert rolls the whole action back.
    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external;
}
