// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestUSDC} from "../../src/TestUSDC.sol";

/// @dev Calls back whenever it moves money, as a receiver with code could. It is itself a party of some jobs, so what
/// it calls is not always refused.
contract CallbackToken is TestUSDC {
    uint256 public callbacks;
    address private _target;
    bytes private _callback;
    bool private _calling;

    function callBackWith(address target, bytes calldata callback) external {
        (_target, _callback) = (target, callback);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_calling || _target == address(0)) return;
        _calling = true;
        (bool ok,) = _target.call(_callback);
        if (ok) callbacks++;
        _calling = false;
    }
}
