// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPayouts} from "../interfaces/IPayouts.sol";

/// @title Tries to pay at once, else keeps the amount for the payee
abstract contract Payouts is IPayouts, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IERC20 internal immutable _TOKEN;

    /// @inheritdoc IPayouts
    mapping(address account => uint256 amount) public withdrawable;

    constructor(address token_) {
        _TOKEN = IERC20(token_);
    }

    /// @inheritdoc IPayouts
    function withdraw() external virtual {
        _withdraw();
    }

    function _withdraw() internal nonReentrant {
        uint256 amount = withdrawable[msg.sender];
        require(amount != 0, NothingToWithdraw(msg.sender));
        withdrawable[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        _TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @dev A token that refuses one payee (blacklist, pause) must not hold up the job. Starving this call of gas to
    /// force a deferral needs a transfer that costs 64 times the two writes below; USDC's costs about as much as one.
    function _pay(uint256 jobId, address account, uint256 amount) internal {
        if (amount == 0 || _TOKEN.trySafeTransfer(account, amount)) return;
        withdrawable[account] += amount;
        emit PayoutDeferred(jobId, account, amount);
    }
}
