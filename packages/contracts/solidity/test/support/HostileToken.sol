// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestUSDC} from "../../src/TestUSDC.sol";

/// @dev A token whose owner can pause it, as Circle can, and that calls back while it pays.
contract HostileToken is TestUSDC {
    bool public paused;
    bytes4 public refusal;
    address private _target;
    bytes private _callback;

    error Paused();

    function pause() external {
        paused = true;
    }

    function unpause() external {
        paused = false;
    }

    function callBackWith(address target, bytes calldata callback) external {
        (_target, _callback) = (target, callback);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (paused) revert Paused();
        super._update(from, to, value);
        if (_target != address(0)) {
            (bool ok, bytes memory reason) = _target.call(_callback);
            require(!ok, "reentered");
            refusal = bytes4(reason);
        }
    }
}
