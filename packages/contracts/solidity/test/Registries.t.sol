// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/local/IdentityRegistry.sol";
import {Fixture} from "./support/Fixture.sol";

/// @dev The refusals that the stand-ins share with the published ERC-8004 registries.
contract RegistriesTest is Fixture {
    uint256 private agentId;

    function setUp() public override {
        super.setUp();
        vm.prank(provider);
        agentId = identity.register("ipfs://agent");
    }

    function test_Register_CountsFromZeroAndSetsTheWallet() public view {
        assertEq(agentId, 0, "first id");
        assertEq(identity.ownerOf(0), provider, "owner");
        assertEq(identity.getAgentWallet(0), provider, "wallet");
        assertEq(bytes(identity.tokenURI(0)), "ipfs://agent", "uri");
    }

    function test_Register_RefusesTheReservedKey() public {
        IdentityRegistry.MetadataEntry[] memory metadata = new IdentityRegistry.MetadataEntry[](1);
        metadata[0] = IdentityRegistry.MetadataEntry("agentWallet", "x");
        vm.expectRevert("reserved key");
        vm.prank(stranger);
        identity.register("", metadata);
        metadata[0].metadataKey = "name";
        vm.prank(stranger);
        uint256 other = identity.register("", metadata);
        assertEq(identity.getMetadata(other, "name"), "x", "metadata");
    }

    function test_SetAgentWallet_NeedsTheNewWalletsSignature() public {
        bytes memory wrong = walletSignature(CLIENT_KEY, START + 300);
        vm.expectRevert("invalid wallet sig");
        setWallet(START + 300, wrong);
        setWallet(START + 300, walletSignature(0xF0, START + 300));
        assertEq(identity.getAgentWallet(agentId), stranger, "wallet");
    }

    function test_SetAgentWallet_RefusesADeadlineThatPassedOrIsFarAhead() public {
        bytes memory far = walletSignature(0xF0, START + 301);
        vm.expectRevert("deadline too far");
        setWallet(START + 301, far);
        bytes memory late = walletSignature(0xF0, START - 1);
        vm.expectRevert("expired");
        setWallet(START - 1, late);
    }

    function test_Writes_AreRefusedFromStrangers() public {
        vm.expectRevert("Not authorized");
        vm.prank(stranger);
        identity.setMetadata(agentId, "name", "x");
        vm.expectRevert("Not authorized");
        vm.prank(stranger);
        identity.setAgentURI(agentId, "");
        vm.expectRevert("Not authorized");
        vm.prank(stranger);
        identity.unsetAgentWallet(agentId);
    }

    function test_Transfer_ClearsTheWallet() public {
        vm.prank(provider);
        identity.transferFrom(provider, stranger, agentId);
        assertEq(identity.getAgentWallet(agentId), address(0), "wallet");
    }

    function test_GiveFeedback_RefusesOwnerAndOperators() public {
        vm.prank(provider);
        identity.setApprovalForAll(client, true);
        address[2] memory selves = [provider, client];
        for (uint256 i; i < selves.length; i++) {
            vm.expectRevert("Self-feedback not allowed");
            give(selves[i], 1, 0, "a");
        }
    }

    function test_GiveFeedback_RefusesOddValues() public {
        vm.expectRevert("too many decimals");
        give(stranger, 1, 19, "a");
        vm.expectRevert("value too large");
        give(stranger, 1e38 + 1, 0, "a");
    }

    function test_GetSummary_AveragesInTheMostFrequentDecimals() public {
        give(stranger, 100, 0, "a");
        give(client, 50, 0, "a");
        give(client, 900, 1, "b");
        address[] memory clients = new address[](2);
        (clients[0], clients[1]) = (stranger, client);
        (uint64 count, int128 value, uint8 decimals) = reputation.getSummary(agentId, clients, "", "");
        assertTrue(count == 3 && value == 80 && decimals == 0, "all");
        (count, value, decimals) = reputation.getSummary(agentId, clients, "b", "");
        assertTrue(count == 1 && value == 900 && decimals == 1, "by tag");
        vm.prank(client);
        reputation.revokeFeedback(agentId, 1);
        (count, value,) = reputation.getSummary(agentId, clients, "a", "");
        assertTrue(count == 1 && value == 100, "without revoked");
        (address[] memory givers,,,,,, bool[] memory revoked) =
            reputation.readAllFeedback(agentId, new address[](0), "", "", true);
        assertTrue(givers.length == 3 && revoked[1] && !revoked[2], "all entries");
    }

    function test_GetSummary_RefusesAnEmptyListOfClients() public {
        vm.expectRevert("clientAddresses required");
        reputation.getSummary(agentId, new address[](0), "", "");
    }

    function test_AppendResponse_IsCountedByResponder() public {
        give(stranger, 1, 0, "a");
        vm.prank(provider);
        reputation.appendResponse(agentId, stranger, 1, "ipfs://reply", 0);
        reputation.appendResponse(agentId, stranger, 1, "ipfs://reply", 0);
        address[] memory only = new address[](1);
        only[0] = provider;
        assertEq(reputation.getResponseCount(agentId, address(0), 0, new address[](0)), 2, "all");
        assertEq(reputation.getResponseCount(agentId, stranger, 1, only), 1, "one responder");
        vm.expectRevert("index out of bounds");
        reputation.appendResponse(agentId, stranger, 2, "ipfs://reply", 0);
        vm.expectRevert("Empty URI");
        reputation.appendResponse(agentId, stranger, 1, "", 0);
    }

    function give(address from, int128 value, uint8 decimals, string memory tag1) private {
        vm.prank(from);
        reputation.giveFeedback(agentId, value, decimals, tag1, "", "", "", 0);
    }

    function setWallet(uint256 deadline, bytes memory signature) private {
        vm.prank(provider);
        identity.setAgentWallet(agentId, stranger, deadline, signature);
    }

    function walletSignature(uint256 key, uint256 deadline) private view returns (bytes memory) {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = identity.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
                agentId,
                stranger,
                provider,
                deadline
            )
        );
        return signed(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }
}
