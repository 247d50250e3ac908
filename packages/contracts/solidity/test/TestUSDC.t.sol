// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {TestUSDC} from "../src/TestUSDC.sol";
import {Fixture} from "./support/Fixture.sol";

contract TestUSDCTest is Fixture {
    bytes32 private constant NONCE = keccak256("nonce");
    bytes32 private constant TRANSFER = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    function test_Domain_IsTheOneOfUSDC() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("USD Coin"),
                keccak256("2"),
                block.chainid,
                address(usdc)
            )
        );
        assertEq(usdc.DOMAIN_SEPARATOR(), domain, "domain");
        assertEq(usdc.decimals(), 6, "decimals");
    }

    function test_TransferWithAuthorization_InBothForms() public {
        bytes memory signature = authorization(TRANSFER, NONCE);
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
        (uint8 v, bytes32 r, bytes32 s) = split(authorization(TRANSFER, bytes32(0)));
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, 0, v, r, s);
        assertEq(usdc.balanceOf(provider), 10, "received");
    }

    function test_TransferWithAuthorization_RevertsOnReplay() public {
        bytes memory signature = authorization(TRANSFER, NONCE);
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, client, NONCE));
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
    }

    function test_TransferWithAuthorization_RevertsOutsideItsTime() public {
        bytes memory signature = authorization(TRANSFER, NONCE);
        vm.warp(EXPIRED_AT);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, 0, EXPIRED_AT));
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
    }

    function test_ReceiveWithAuthorization_InBothFormsByThePayeeOnly() public {
        bytes memory signature = authorization(RECEIVE, NONCE);
        vm.prank(provider);
        usdc.receiveWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
        (uint8 v, bytes32 r, bytes32 s) = split(authorization(RECEIVE, 0));
        vm.prank(provider);
        usdc.receiveWithAuthorization(client, provider, 5, 0, EXPIRED_AT, 0, v, r, s);
        assertEq(usdc.balanceOf(provider), 10, "received");
    }

    function test_CancelAuthorization_InBothForms() public {
        usdc.cancelAuthorization(client, NONCE, cancellation(NONCE));
        (uint8 v, bytes32 r, bytes32 s) = split(cancellation(0));
        usdc.cancelAuthorization(client, 0, v, r, s);
        assertTrue(usdc.authorizationState(client, NONCE) && usdc.authorizationState(client, 0), "used");
        bytes memory signature = authorization(TRANSFER, NONCE);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, client, NONCE));
        usdc.transferWithAuthorization(client, provider, 5, 0, EXPIRED_AT, NONCE, signature);
    }

    function test_Permit_InBothFormsAndOnce() public {
        bytes memory signature = signed(CLIENT_KEY, permitDigest(7, EXPIRED_AT));
        usdc.permit(client, address(kernel), 7, EXPIRED_AT, signature);
        assertEq(usdc.allowance(client, address(kernel)), 7, "allowance");
        vm.expectRevert(TestUSDC.InvalidPermitSignature.selector);
        usdc.permit(client, address(kernel), 7, EXPIRED_AT, signature);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, permitDigest(8, EXPIRED_AT));
        usdc.permit(client, address(kernel), 8, EXPIRED_AT, v, r, s);
        assertEq(usdc.allowance(client, address(kernel)), 8, "allowance");
    }

    function test_Permit_RevertsAfterItsDeadline() public {
        bytes memory signature = signed(CLIENT_KEY, permitDigest(7, START - 1));
        vm.expectRevert(abi.encodeWithSelector(TestUSDC.PermitExpired.selector, START - 1));
        usdc.permit(client, address(kernel), 7, START - 1, signature);
    }

    function authorization(bytes32 typeHash, bytes32 nonce) private view returns (bytes memory) {
        bytes32 structHash = keccak256(abi.encode(typeHash, client, provider, 5, 0, EXPIRED_AT, nonce));
        return signed(CLIENT_KEY, usdcDigest(structHash));
    }

    function cancellation(bytes32 nonce) private view returns (bytes memory) {
        bytes32 typeHash = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        return signed(CLIENT_KEY, usdcDigest(keccak256(abi.encode(typeHash, client, nonce))));
    }

    function split(bytes memory signature) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
