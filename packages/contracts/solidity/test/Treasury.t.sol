// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ITreasury} from "../src/interfaces/ITreasury.sol";
import {TestUSDC} from "../src/TestUSDC.sol";
import {Treasury} from "../src/Treasury.sol";
import {Test} from "./support/Test.sol";

contract TreasuryTest is Test {
    address private constant DISPUTES = address(0xD15);
    address private constant JUDGE = address(0x10D6E);
    address private constant OWNER = address(0xA0);

    TestUSDC private usdc;
    Treasury private treasury;

    function setUp() public {
        usdc = new TestUSDC();
        treasury = new Treasury(address(usdc), DISPUTES, OWNER, 2_000);
    }

    function test_Sync_DividesWhatArrived() public {
        usdc.mint(address(treasury), 101);
        vm.expectEmit(address(treasury));
        emit ITreasury.Received(81, 20);
        treasury.sync();
        assertBooks(81, 20);
        treasury.sync();
        assertBooks(81, 20);
        assertEq(treasury.totalReceived(), 101, "counted once");
    }

    function testFuzz_Sync_LosesNoUnit(uint96 first, uint96 second, uint16 bps) public {
        usdc.mint(address(treasury), first);
        vm.prank(OWNER);
        treasury.setFundShare(uint16(bound(bps, 0, 5_000)));
        usdc.mint(address(treasury), second);
        treasury.sync();
        uint256 total = uint256(first) + second;
        assertEq(treasury.reserve() + treasury.arbitrationFund(), total, "reserve and fund");
        assertEq(treasury.totalReceived(), total, "total");
    }

    function test_SetFundShare_LeavesWhatArrivedBefore() public {
        usdc.mint(address(treasury), 100);
        vm.prank(OWNER);
        treasury.setFundShare(5_000);
        assertBooks(80, 20);
        usdc.mint(address(treasury), 100);
        treasury.sync();
        assertBooks(130, 70);
    }

    function test_SetFundShare_AtMostHalf() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.ShareTooHigh.selector, 5_001));
        vm.prank(OWNER);
        treasury.setFundShare(5_001);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.ShareTooHigh.selector, 5_001));
        new Treasury(address(usdc), DISPUTES, OWNER, 5_001);
    }

    function test_Withdraw_TakesTheReserveOnly() public {
        usdc.mint(address(treasury), 100);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.ReserveTooSmall.selector, 80, 81));
        vm.prank(OWNER);
        treasury.withdraw(OWNER, 81);
        vm.prank(OWNER);
        treasury.withdraw(OWNER, 80);
        assertBooks(0, 20);
        assertEq(usdc.balanceOf(OWNER), 80, "owner");
        assertEq(treasury.totalReceived(), 100, "total");
    }

    function test_Cover_PaysDisputesAsFarAsTheFundReaches() public {
        usdc.mint(address(treasury), 100);
        assertEq(cover(15), 15, "covered");
        assertEq(cover(15), 5, "rest of the fund");
        assertEq(cover(15), 0, "empty");
        assertEq(cover(0), 0, "nothing");
        assertEq(usdc.balanceOf(DISPUTES), 20, "disputes");
        assertBooks(80, 0);
    }

    function test_Cover_ARefusedTransferCostsNothingAndBlocksNothing() public {
        usdc.mint(address(treasury), 100);
        treasury.sync();
        usdc.blacklist(address(treasury));
        assertEq(cover(15), 0, "covered");
        assertBooks(80, 20);
    }

    function test_Cover_OnlyDisputes() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.NotDisputes.selector, OWNER));
        vm.prank(OWNER);
        treasury.cover(JUDGE, 1);
    }

    function test_Rescue_OtherTokensOnly() public {
        TestUSDC other = new TestUSDC();
        other.mint(address(treasury), 7);
        vm.prank(OWNER);
        treasury.rescue(address(other), JUDGE, 7);
        assertEq(other.balanceOf(JUDGE), 7, "rescued");
        vm.expectRevert(abi.encodeWithSelector(ITreasury.OwnToken.selector, address(usdc)));
        vm.prank(OWNER);
        treasury.rescue(address(usdc), JUDGE, 1);
    }

    function test_StrangersCannotAdminister() public {
        bytes[4] memory calls = [
            abi.encodeCall(treasury.withdraw, (JUDGE, 0)),
            abi.encodeCall(treasury.setFundShare, (0)),
            abi.encodeCall(treasury.rescue, (address(0), JUDGE, 0)),
            abi.encodeCall(treasury.transferOwnership, (JUDGE))
        ];
        for (uint256 i; i < calls.length; i++) {
            vm.prank(JUDGE);
            (bool ok, bytes memory reason) = address(treasury).call(calls[i]);
            assertTrue(!ok, "refused");
            bytes memory expected = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, JUDGE);
            assertEq(reason, expected, "reason");
        }
    }

    function test_OwnershipTakesTwoSteps() public {
        vm.prank(OWNER);
        treasury.transferOwnership(JUDGE);
        assertEq(treasury.owner(), OWNER, "until accepted");
        vm.prank(JUDGE);
        treasury.acceptOwnership();
        assertEq(treasury.owner(), JUDGE, "accepted");
    }

    function cover(uint256 amount) private returns (uint256) {
        vm.prank(DISPUTES);
        return treasury.cover(JUDGE, amount);
    }

    function assertBooks(uint256 reserve, uint256 fund) private view {
        assertEq(treasury.reserve(), reserve, "reserve");
        assertEq(treasury.arbitrationFund(), fund, "fund");
    }
}
