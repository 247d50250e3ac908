// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";

/// @title What owner and guardian can do, and the clock
/// @dev One slot holds all that the creation of a job reads.
abstract contract KernelAdmin is IAgenticCommerce, Ownable2Step {
    uint16 public constant MAX_FEE_BPS = 1_000;
    uint48 public constant MAX_PAUSE = 7 days;
    uint48 public constant PAUSE_INTERVAL = 23 days;

    uint64 private _jobCount;
    uint16 private _platformFeeBps;
    uint48 private _earlierPauses;
    uint48 private _pauseStart;
    uint48 private _pauseEnd;

    /// @inheritdoc IAgenticCommerce
    address public treasury;
    /// @notice Who may pause.
    address public guardian;

    constructor(address owner_, address guardian_) Ownable(owner_) {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    modifier whenNotPaused() {
        requireNotPaused();
        _;
    }

    modifier onlyGuardian() {
        require(msg.sender == guardian, NotGuardian(msg.sender));
        _;
    }

    /// @inheritdoc IAgenticCommerce
    function setPlatformFee(uint16 feeBps, address treasury_) external onlyOwner {
        require(feeBps <= MAX_FEE_BPS, FeeTooHigh(feeBps));
        // Jobs already created with a fee still need somewhere to pay it, so the treasury never becomes zero again.
        bool unset = treasury_ == address(0) && (feeBps != 0 || treasury != address(0));
        require(!unset && treasury_ != address(this), InvalidTreasury(treasury_));
        _platformFeeBps = feeBps;
        treasury = treasury_;
        emit PlatformFeeSet(feeBps, treasury_);
    }

    /// @inheritdoc IAgenticCommerce
    function setGuardian(address guardian_) external onlyOwner {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    /// @inheritdoc IAgenticCommerce
    function pause() external onlyGuardian {
        uint48 end = _pauseEnd;
        uint48 from = end == 0 ? 0 : end + PAUSE_INTERVAL;
        require(block.timestamp >= from, PauseNotAllowedYet(from));
        _earlierPauses += end - _pauseStart;
        _pauseStart = uint48(block.timestamp);
        _pauseEnd = uint48(block.timestamp) + MAX_PAUSE;
        emit Paused(msg.sender, _pauseEnd);
    }

    /// @inheritdoc IAgenticCommerce
    function unpause() external onlyGuardian {
        require(block.timestamp < _pauseEnd, NotPaused());
        _pauseEnd = uint48(block.timestamp);
        emit Unpaused(pausedSeconds());
    }

    /// @inheritdoc IAgenticCommerce
    function jobCount() public view returns (uint256) {
        return _jobCount;
    }

    /// @inheritdoc IAgenticCommerce
    function platformFeeBps() external view returns (uint16) {
        return _platformFeeBps;
    }

    /// @inheritdoc IAgenticCommerce
    function clock() public view returns (uint48) {
        return uint48(block.timestamp) - pausedSeconds();
    }

    /// @inheritdoc IAgenticCommerce
    function pausedSeconds() public view returns (uint48) {
        uint48 until = uint48(block.timestamp) < _pauseEnd ? uint48(block.timestamp) : _pauseEnd;
        return _earlierPauses + until - _pauseStart;
    }

    /// @inheritdoc IAgenticCommerce
    function requireNotPaused() public view {
        require(block.timestamp >= _pauseEnd, KernelPaused(_pauseEnd));
    }

    function _nextJob() internal returns (uint256 jobId, uint16 feeBps) {
        return (++_jobCount, _platformFeeBps);
    }
}
