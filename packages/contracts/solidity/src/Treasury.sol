// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPayouts} from "./interfaces/IPayouts.sol";
import {ITreasury} from "./interfaces/ITreasury.sol";

/// @title Where fees and slashed stakes go
/// @dev Never holds money of users: bonds stay in the disputes contract and stakes in the pool.
contract Treasury is ITreasury, Ownable2Step {
    using SafeERC20 for IERC20;

    uint16 public constant MAX_FUND_SHARE_BPS = 5_000;

    address public immutable token;
    address public immutable disputes;
    /// @inheritdoc ITreasury
    uint256 public reserve;
    /// @inheritdoc ITreasury
    uint256 public arbitrationFund;
    /// @inheritdoc ITreasury
    uint256 public totalReceived;
    /// @inheritdoc ITreasury
    uint16 public fundShareBps;

    constructor(address token_, address disputes_, address owner_, uint16 fundShareBps_) Ownable(owner_) {
        token = token_;
        disputes = disputes_;
        _setFundShare(fundShareBps_);
    }

    /// @inheritdoc ITreasury
    function collect(IPayouts from) external {
        from.withdraw();
        sync();
    }

    /// @inheritdoc ITreasury
    function withdraw(address to, uint256 amount) external onlyOwner {
        sync();
        require(amount <= reserve, ReserveTooSmall(reserve, amount));
        reserve -= amount;
        emit ReserveWithdrawn(to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc ITreasury
    function setFundShare(uint16 bps) external onlyOwner {
        sync();
        _setFundShare(bps);
    }

    /// @inheritdoc ITreasury
    function cover(address judge, uint256 amount) external returns (uint256 paid) {
        require(msg.sender == disputes, NotDisputes(msg.sender));
        sync();
        paid = Math.min(amount, arbitrationFund);
        // A token that refuses this transfer must not hold up a ruling.
        if (paid == 0 || !IERC20(token).trySafeTransfer(disputes, paid)) return 0;
        arbitrationFund -= paid;
        emit ArbitrationCovered(judge, paid);
    }

    /// @inheritdoc ITreasury
    function rescue(address token_, address to, uint256 amount) external onlyOwner {
        require(token_ != token, OwnToken(token_));
        emit TokenRescued(token_, to, amount);
        IERC20(token_).safeTransfer(to, amount);
    }

    /// @inheritdoc ITreasury
    function sync() public {
        uint256 arrived = IERC20(token).balanceOf(address(this)) - reserve - arbitrationFund;
        if (arrived == 0) return;
        uint256 toFund = (arrived * fundShareBps) / 10_000;
        reserve += arrived - toFund;
        arbitrationFund += toFund;
        totalReceived += arrived;
        emit Received(arrived - toFund, toFund);
    }

    function _setFundShare(uint16 bps) private {
        require(bps <= MAX_FUND_SHARE_BPS, ShareTooHigh(bps));
        fundShareBps = bps;
        emit FundShareSet(bps);
    }
}
