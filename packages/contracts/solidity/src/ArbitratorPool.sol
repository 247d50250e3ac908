// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IArbitratorPool} from "./interfaces/IArbitratorPool.sol";
import {Payments} from "./libraries/Payments.sol";

/// @title Seats of arbitrators, each with a stake
/// @dev Why nobody can change a draw once its entropy is known: a draw for a dispute that was escalated at E reads the
/// number of seats, and what each occupant offered, as they were before E, and neither can be written any more. A seat
/// changes hands `NOTICE` after its occupant asked to leave at the earliest, and offers nothing from then on: who had
/// asked before E is not drawn, and who asks later still sits when the draw is no longer allowed, at E + `NOTICE`. Who
/// takes a seat after E has offered nothing before E. What is left is to lose a stake, which costs what missing costs.
contract ArbitratorPool is IArbitratorPool, ReentrancyGuardTransient {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    uint256 public constant MIN_STAKE = 100e6;
    /// @notice The longest time from an escalation to the third assignment is 90 days (the evidence window and two
    /// ruling windows, 30 days each), and 30 more for callers who are late.
    uint48 public constant NOTICE = 120 days;
    uint256 public constant SLASH_BPS = 1_000;
    uint256 public constant MAX_PROBES = 64;

    IERC20 public immutable token;
    IAgenticCommerce public immutable kernel;
    address public immutable disputes;
    address public immutable treasury;
    /// @notice Slashed, but refused by the token so far; goes along with the next slash.
    uint256 public unsentSlashes;

    mapping(address account => Arbitrator arbitrator) private _arbitrators;
    /// @dev By kernel time: the stake while it stays, 0 from its notice on.
    mapping(address account => Checkpoints.Trace208 stake) private _offered;
    /// @dev By kernel time: how many seats there are.
    Checkpoints.Trace208 private _counts;
    address[] private _seats;
    uint32[] private _emptySeats;

    modifier onlyDisputes() {
        require(msg.sender == disputes, NotDisputes(msg.sender));
        _;
    }

    constructor(address token_, address kernel_, address disputes_, address treasury_) {
        token = IERC20(token_);
        kernel = IAgenticCommerce(kernel_);
        disputes = disputes_;
        treasury = treasury_;
    }

    /// @inheritdoc IArbitratorPool
    function join(uint256 stake) external nonReentrant {
        _sit(msg.sender, stake);
        token.safeTransferFrom(msg.sender, address(this), stake);
    }

    /// @inheritdoc IArbitratorPool
    function joinWithAuthorization(
        address arbitrator,
        uint256 stake,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) external nonReentrant {
        // Without a signature the arbitrator's allowance would pay, whoever calls.
        require(signature.length != 0, SignatureMissing(arbitrator));
        _sit(arbitrator, stake);
        bytes32 nonce = joinNonce(arbitrator, stake);
        Payments.pull(token, Payments.Authorization(arbitrator, stake, validAfter, validBefore, nonce), signature);
    }

    /// @inheritdoc IArbitratorPool
    function addStake(uint256 amount) external nonReentrant {
        Arbitrator storage arbitrator = _seated(msg.sender);
        arbitrator.stake = (arbitrator.stake + amount).toUint96();
        _offer(msg.sender, arbitrator);
        emit StakeAdded(msg.sender, amount, arbitrator.stake);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IArbitratorPool
    function requestLeave() external {
        Arbitrator storage arbitrator = _seated(msg.sender);
        uint48 noticeAt = arbitrator.noticeAt;
        require(noticeAt == 0, NoticeRunning(msg.sender, noticeAt + NOTICE));
        arbitrator.noticeAt = kernel.clock();
        _offer(msg.sender, arbitrator);
        emit LeaveRequested(msg.sender, arbitrator.noticeAt + NOTICE);
    }

    /// @inheritdoc IArbitratorPool
    function cancelLeave() external {
        Arbitrator storage arbitrator = _onNotice(msg.sender);
        arbitrator.noticeAt = 0;
        _offer(msg.sender, arbitrator);
        emit LeaveWithdrawn(msg.sender);
    }

    /// @inheritdoc IArbitratorPool
    function withdrawStake() external nonReentrant {
        Arbitrator storage arbitrator = _onNotice(msg.sender);
        uint48 leaveFrom = arbitrator.noticeAt + NOTICE;
        require(kernel.clock() >= leaveFrom, NoticeRunning(msg.sender, leaveFrom));
        require(arbitrator.open == 0, StillAssigned(msg.sender, arbitrator.open));

        uint256 stake = arbitrator.stake;
        delete _seats[arbitrator.seat];
        _emptySeats.push(arbitrator.seat);
        // What it ruled and missed stays on record should it come back.
        (arbitrator.stake, arbitrator.since, arbitrator.noticeAt, arbitrator.seat) = (0, 0, 0, 0);
        emit ArbitratorLeft(msg.sender, stake);
        token.safeTransfer(msg.sender, stake);
    }

    /// @inheritdoc IArbitratorPool
    function begin(address arbitrator) external onlyDisputes {
        _arbitrators[arbitrator].open++;
    }

    /// @inheritdoc IArbitratorPool
    function end(address arbitrator, bool ruled) external onlyDisputes {
        _arbitrators[arbitrator].open--;
        if (ruled) _arbitrators[arbitrator].ruled++;
    }

    /// @inheritdoc IArbitratorPool
    function slash(address account) external onlyDisputes returns (uint256 amount) {
        Arbitrator storage arbitrator = _arbitrators[account];
        arbitrator.open--;
        arbitrator.missed++;
        amount = (arbitrator.stake * SLASH_BPS) / 10_000;
        arbitrator.stake -= amount.toUint96();
        _offer(account, arbitrator);
        emit ArbitratorSlashed(account, amount, arbitrator.stake);
        _send(amount);
    }

    /// @inheritdoc IArbitratorPool
    function getArbitrator(address account) external view returns (Arbitrator memory) {
        return _arbitrators[account];
    }

    /// @inheritdoc IArbitratorPool
    function seatCount() external view returns (uint256) {
        return _seats.length;
    }

    /// @inheritdoc IArbitratorPool
    function seatAt(uint256 index) external view returns (address) {
        return _seats[index];
    }

    /// @inheritdoc IArbitratorPool
    /// @dev A shuffle without repetition, so that every eligible seat has the same chance. Going on to the next seat
    /// instead would multiply the chance of one that sits behind a row of seats too poor for the job.
    function draw(bytes32 entropy, uint8 assignment, uint48 escalatedAt, uint256 minStake, address[] calldata excluded)
        external
        view
        returns (address)
    {
        if (escalatedAt == 0 || kernel.clock() >= escalatedAt + NOTICE) return address(0);
        uint256 count = _counts.upperLookupRecent(escalatedAt - 1);
        uint256 probes = Math.min(count, MAX_PROBES);
        uint256[] memory shuffled = new uint256[](2 * probes);
        for (uint256 i; i < probes; i++) {
            uint256 pick = i + uint256(keccak256(abi.encode(entropy, assignment, i))) % (count - i);
            address candidate = _seats[_take(shuffled, i, pick)];
            bool eligible = _isEligible(candidate, escalatedAt, Math.max(minStake, MIN_STAKE));
            if (eligible && !_contains(excluded, candidate)) return candidate;
        }
        return address(0);
    }

    /// @inheritdoc IArbitratorPool
    function joinNonce(address arbitrator, uint256 stake) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), block.chainid, arbitrator, stake));
    }

    function _sit(address account, uint256 stake) private {
        require(stake >= MIN_STAKE, StakeTooLow(stake, MIN_STAKE));
        Arbitrator storage arbitrator = _arbitrators[account];
        require(arbitrator.since == 0, AlreadyArbitrator(account));

        (arbitrator.stake, arbitrator.since) = (stake.toUint96(), kernel.clock());
        arbitrator.seat = _seatFor(account);
        _offer(account, arbitrator);
        emit ArbitratorJoined(account, stake);
    }

    function _seatFor(address account) private returns (uint32 seat) {
        uint256 empty = _emptySeats.length;
        if (empty != 0) {
            seat = _emptySeats[empty - 1];
            _emptySeats.pop();
            _seats[seat] = account;
            return seat;
        }
        seat = _seats.length.toUint32();
        _seats.push(account);
        _counts.push(kernel.clock(), _seats.length.toUint208());
    }

    function _offer(address account, Arbitrator storage arbitrator) private {
        _offered[account].push(kernel.clock(), arbitrator.noticeAt == 0 ? arbitrator.stake : 0);
    }

    function _send(uint256 amount) private {
        uint256 owed = amount + unsentSlashes;
        unsentSlashes = token.trySafeTransfer(treasury, owed) ? 0 : owed;
    }

    function _isEligible(address candidate, uint48 escalatedAt, uint256 minStake) private view returns (bool) {
        if (_arbitrators[candidate].stake < minStake) return false;
        return _offered[candidate].upperLookupRecent(escalatedAt - 1) >= minStake;
    }

    function _seated(address account) private view returns (Arbitrator storage arbitrator) {
        arbitrator = _arbitrators[account];
        require(arbitrator.since != 0, NotAnArbitrator(account));
    }

    function _onNotice(address account) private view returns (Arbitrator storage arbitrator) {
        arbitrator = _seated(account);
        require(arbitrator.noticeAt != 0, NoticeNotGiven(account));
    }

    /// @dev Takes what lies at `pick` and puts there what lies at `from`. Only positions that differ from their index
    /// are in `shuffled`, as pairs of position and value.
    function _take(uint256[] memory shuffled, uint256 from, uint256 pick) private pure returns (uint256 taken) {
        (taken, shuffled[2 * from + 1]) = (_at(shuffled, from, pick), _at(shuffled, from, from));
        shuffled[2 * from] = pick;
    }

    function _at(uint256[] memory shuffled, uint256 pairs, uint256 position) private pure returns (uint256) {
        for (uint256 i = pairs; i > 0; i--) {
            if (shuffled[2 * i - 2] == position) return shuffled[2 * i - 1];
        }
        return position;
    }

    function _contains(address[] calldata accounts, address account) private pure returns (bool) {
        for (uint256 i; i < accounts.length; i++) {
            if (accounts[i] == account) return true;
        }
        return false;
    }
}
