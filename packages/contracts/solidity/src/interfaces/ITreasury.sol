// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayouts} from "./IPayouts.sol";

/// @title Where fees and slashed stakes go
/// @notice Everything that arrives is divided between the reserve and the arbitration fund when somebody calls `sync`,
/// so plain transfers and strays count too.
interface ITreasury {
    event Received(uint256 toReserve, uint256 toFund);
    event FundShareSet(uint256 bps);
    event ReserveWithdrawn(address indexed to, uint256 amount);
    event ArbitrationCovered(address indexed judge, uint256 amount);
    event TokenRescued(address indexed token, address indexed to, uint256 amount);

    error NotDisputes(address caller);
    error ShareTooHigh(uint256 bps);
    error ReserveTooSmall(uint256 reserve, uint256 amount);
    error OwnToken(address token);

    /// @notice Counts what has arrived since. Anyone.
    function sync() external;

    /// @notice Fetches payouts that the token once refused to deliver here, from the contract that keeps them. Anyone.
    function collect(IPayouts from) external;

    /// @notice Pays from the reserve. Owner only.
    function withdraw(address to, uint256 amount) external;

    /// @notice The fund's share of what arrives from now on, at most half. Owner only.
    function setFundShare(uint16 bps) external;

    /// @notice Gives the disputes contract what a judge gets whom no loser pays, as far as the fund reaches. Only the
    /// disputes contract, which then pays the judge.
    function cover(address judge, uint256 amount) external returns (uint256 paid);

    /// @notice Returns other tokens that were sent here by mistake. Owner only.
    function rescue(address token, address to, uint256 amount) external;

    function reserve() external view returns (uint256);

    function arbitrationFund() external view returns (uint256);

    function fundShareBps() external view returns (uint16);

    /// @notice All that was ever counted.
    function totalReceived() external view returns (uint256);
}
