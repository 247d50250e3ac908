// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IACPHook} from "../../src/interfaces/IACPHook.sol";
import {IAgenticCommerce} from "../../src/interfaces/IAgenticCommerce.sol";

/// @dev Remembers every call, with the actor and the status the kernel showed during it.
contract RecordingHook is IACPHook {
    struct Call {
        bool isBefore;
        uint256 jobId;
        bytes4 selector;
        bytes data;
        address actor;
        IAgenticCommerce.JobStatus status;
    }

    Call[] private _calls;

    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        record(true, jobId, selector, data);
    }

    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        record(false, jobId, selector, data);
    }

    function callAt(uint256 index) external view returns (Call memory) {
        return _calls[index];
    }

    function count() external view returns (uint256) {
        return _calls.length;
    }

    function record(bool isBefore, uint256 jobId, bytes4 selector, bytes calldata data) private {
        IAgenticCommerce kernel = IAgenticCommerce(msg.sender);
        _calls.push(Call(isBefore, jobId, selector, data, kernel.actor(), kernel.getJob(jobId).status));
    }
}

/// @dev Refuses, burns all gas, or calls back into the kernel at the chosen moment.
contract HostileHook is IACPHook {
    enum Mood {
        Calm,
        RevertBefore,
        RevertAfter,
        BurnGas,
        CallBack
    }

    Mood public mood;
    bytes public callback;

    error Refused();

    function setMood(Mood mood_, bytes calldata callback_) external {
        (mood, callback) = (mood_, callback_);
    }

    function beforeAction(uint256, bytes4, bytes calldata) external {
        if (mood == Mood.RevertBefore) revert Refused();
        while (mood == Mood.BurnGas) {}
        if (mood == Mood.CallBack) callBack();
    }

    function afterAction(uint256, bytes4, bytes calldata) external {
        if (mood == Mood.RevertAfter) revert Refused();
        if (mood == Mood.CallBack) callBack();
    }

    function callBack() private {
        (bool ok, bytes memory reason) = msg.sender.call(callback);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
