// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {IArbitratorPool} from "../src/interfaces/IArbitratorPool.sol";
import {Fixture} from "./support/Fixture.sol";

contract ArbitratorPoolTest is Fixture {
    uint256 private constant STAKE = 100e6;
    uint256 private constant KEY = 0xA2B;
    address private immutable ARBITRATOR = vm.addr(KEY);

    function setUp() public override {
        super.setUp();
        usdc.mint(ARBITRATOR, 1_000e6);
        vm.prank(ARBITRATOR);
        usdc.approve(address(pool), type(uint256).max);
    }

    function test_Join_TakesASeatForTheStake() public {
        vm.expectEmit(address(pool));
        emit IArbitratorPool.ArbitratorJoined(ARBITRATOR, STAKE);
        join(STAKE);
        IArbitratorPool.Arbitrator memory arbitrator = pool.getArbitrator(ARBITRATOR);
        assertEq(arbitrator.stake, STAKE, "stake");
        assertEq(arbitrator.since, START, "since");
        assertEq(pool.seatCount(), 1, "seats");
        assertEq(pool.seatAt(0), ARBITRATOR, "seat");
        assertEq(usdc.balanceOf(address(pool)), STAKE, "held");
    }

    function test_Join_OneSeatEachAndEnoughStake() public {
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.StakeTooLow.selector, STAKE - 1, STAKE));
        join(STAKE - 1);
        join(STAKE);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.AlreadyArbitrator.selector, ARBITRATOR));
        join(STAKE);
    }

    function test_JoinWithAuthorization_AnyoneBringsTheSignature() public {
        bytes memory signature = authorizeJoin(STAKE);
        vm.prank(stranger);
        pool.joinWithAuthorization(ARBITRATOR, STAKE, 0, EXPIRED_AT, signature);
        assertEq(pool.seatAt(0), ARBITRATOR, "seat");
        assertEq(usdc.balanceOf(ARBITRATOR), 1_000e6 - STAKE, "paid");
    }

    function test_JoinWithAuthorization_BindsTheStake() public {
        bytes memory signature = authorizeJoin(STAKE);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        pool.joinWithAuthorization(ARBITRATOR, STAKE + 1, 0, EXPIRED_AT, signature);
        assertEq(pool.seatCount(), 0, "no seat");
    }

    /// @dev Else anybody could seat whoever has an allowance here.
    function test_JoinWithAuthorization_NeverUsesAnAllowance() public {
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.SignatureMissing.selector, ARBITRATOR));
        vm.prank(stranger);
        pool.joinWithAuthorization(ARBITRATOR, STAKE, 0, EXPIRED_AT, "");
    }

    function test_AddStake_OfArbitratorsOnly() public {
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NotAnArbitrator.selector, ARBITRATOR));
        addStake(1);
        join(STAKE);
        addStake(50e6);
        assertEq(pool.getArbitrator(ARBITRATOR).stake, STAKE + 50e6, "stake");
        assertEq(usdc.balanceOf(address(pool)), STAKE + 50e6, "held");
    }

    function test_Leave_AfterTheNotice() public {
        join(STAKE);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NoticeNotGiven.selector, ARBITRATOR));
        withdrawStake();
        uint256 leaveFrom = START + pool.NOTICE();
        vm.expectEmit(address(pool));
        emit IArbitratorPool.LeaveRequested(ARBITRATOR, leaveFrom);
        requestLeave();
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NoticeRunning.selector, ARBITRATOR, leaveFrom));
        requestLeave();
        vm.warp(leaveFrom - 1);
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NoticeRunning.selector, ARBITRATOR, leaveFrom));
        withdrawStake();
        vm.warp(leaveFrom);
        withdrawStake();
        assertEq(usdc.balanceOf(ARBITRATOR), 1_000e6, "stake returned");
        assertEq(pool.seatAt(0), address(0), "empty seat");
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NotAnArbitrator.selector, ARBITRATOR));
        withdrawStake();
    }

    function test_Leave_APauseStopsTheNotice() public {
        join(STAKE);
        requestLeave();
        pauseKernel();
        vm.warp(START + pool.NOTICE());
        vm.expectRevert(
            abi.encodeWithSelector(IArbitratorPool.NoticeRunning.selector, ARBITRATOR, START + pool.NOTICE())
        );
        withdrawStake();
        vm.warp(block.timestamp + kernel.pausedSeconds());
        withdrawStake();
    }

    function test_Leave_CanBeTakenBack() public {
        join(STAKE);
        requestLeave();
        vm.prank(ARBITRATOR);
        pool.cancelLeave();
        assertEq(pool.getArbitrator(ARBITRATOR).noticeAt, 0, "stays");
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.NoticeNotGiven.selector, ARBITRATOR));
        withdrawStake();
    }

    function test_Leave_NotWhileAssigned() public {
        join(STAKE);
        asDisputes(abi.encodeCall(pool.begin, (ARBITRATOR)));
        requestLeave();
        vm.warp(START + pool.NOTICE());
        vm.expectRevert(abi.encodeWithSelector(IArbitratorPool.StillAssigned.selector, ARBITRATOR, 1));
        withdrawStake();
        asDisputes(abi.encodeCall(pool.end, (ARBITRATOR, true)));
        withdrawStake();
        assertEq(pool.getArbitrator(ARBITRATOR).ruled, 1, "its record stays");
    }

    function test_Seats_AreTakenAgain() public {
        join(STAKE);
        requestLeave();
        vm.warp(START + pool.NOTICE());
        withdrawStake();
        join(STAKE);
        assertEq(pool.seatCount(), 1, "seats");
        assertEq(pool.seatAt(0), ARBITRATOR, "seat");
    }

    function test_Slash_TakesATenthToTheTreasury() public {
        join(STAKE);
        asDisputes(abi.encodeCall(pool.begin, (ARBITRATOR)));
        vm.expectEmit(address(pool));
        emit IArbitratorPool.ArbitratorSlashed(ARBITRATOR, 10e6, 90e6);
        asDisputes(abi.encodeCall(pool.slash, (ARBITRATOR)));
        assertEq(usdc.balanceOf(address(treasury)), 10e6, "treasury");
        IArbitratorPool.Arbitrator memory arbitrator = pool.getArbitrator(ARBITRATOR);
        assertEq(arbitrator.stake, 90e6, "stake");
        assertEq(arbitrator.missed, 1, "missed");
        assertEq(arbitrator.open, 0, "open");
    }

    function test_Slash_NeverReverts() public {
        join(STAKE);
        // Down to where a tenth is nothing.
        for (uint256 i; i < 200; i++) {
            asDisputes(abi.encodeCall(pool.begin, (ARBITRATOR)));
            asDisputes(abi.encodeCall(pool.slash, (ARBITRATOR)));
        }
        uint256 stake = pool.getArbitrator(ARBITRATOR).stake;
        assertTrue(stake < 10, "hardly anything left");
        assertEq(usdc.balanceOf(address(treasury)) + stake, STAKE, "to the last unit");
    }

    function test_Slash_WaitsForATokenThatRefuses() public {
        join(STAKE);
        usdc.blacklist(address(treasury));
        asDisputes(abi.encodeCall(pool.begin, (ARBITRATOR)));
        asDisputes(abi.encodeCall(pool.slash, (ARBITRATOR)));
        assertEq(pool.unsentSlashes(), 10e6, "waits");
        usdc.unBlacklist(address(treasury));
        asDisputes(abi.encodeCall(pool.begin, (ARBITRATOR)));
        asDisputes(abi.encodeCall(pool.slash, (ARBITRATOR)));
        assertEq(usdc.balanceOf(address(treasury)), 19e6, "both slashes");
        assertEq(pool.unsentSlashes(), 0, "nothing waits");
    }

    function test_Assignments_OnlyByDisputes() public {
        bytes[3] memory calls = [
            abi.encodeCall(pool.begin, (ARBITRATOR)),
            abi.encodeCall(pool.end, (ARBITRATOR, true)),
            abi.encodeCall(pool.slash, (ARBITRATOR))
        ];
        for (uint256 i; i < calls.length; i++) {
            vm.prank(admin);
            (bool ok, bytes memory reason) = address(pool).call(calls[i]);
            assertTrue(!ok, "refused");
            assertEq(reason, abi.encodeWithSelector(IArbitratorPool.NotDisputes.selector, admin), "reason");
        }
    }

    function join(uint256 stake) private {
        vm.prank(ARBITRATOR);
        pool.join(stake);
    }

    function addStake(uint256 amount) private {
        vm.prank(ARBITRATOR);
        pool.addStake(amount);
    }

    function requestLeave() private {
        vm.prank(ARBITRATOR);
        pool.requestLeave();
    }

    function withdrawStake() private {
        vm.prank(ARBITRATOR);
        pool.withdrawStake();
    }

    function asDisputes(bytes memory data) private {
        vm.prank(address(disputes));
        (bool ok,) = address(pool).call(data);
        assertTrue(ok, "disputes may");
    }

    function authorizeJoin(uint256 stake) private view returns (bytes memory) {
        return authorizeAs(KEY, address(pool), stake, pool.joinNonce(ARBITRATOR, stake));
    }
}
