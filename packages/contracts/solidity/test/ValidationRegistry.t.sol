// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/local/IdentityRegistry.sol";
import {ValidationRegistry} from "../src/local/ValidationRegistry.sol";
import {Test} from "./support/Test.sol";

/// @dev The stand-in must refuse what the reference refuses, in the same words.
contract ValidationRegistryTest is Test {
    address private constant OWNER = address(0xA6);
    address private constant OPERATOR = address(0x09);
    address private constant VALIDATOR = address(0xDA1);
    bytes32 private constant REQUEST = keccak256("request");

    IdentityRegistry private identity;
    ValidationRegistry private registry;
    uint256 private agentId;

    function setUp() public {
        vm.warp(1_800_000_000);
        identity = new IdentityRegistry(address(this));
        registry = new ValidationRegistry(address(identity), address(this));
        vm.prank(OWNER);
        agentId = identity.register();
    }

    function test_Request_OnlyByOwnerAndOperators() public {
        vm.expectRevert("Not authorized");
        request(VALIDATOR, REQUEST);
        requestAs(OWNER, REQUEST);
        vm.prank(OWNER);
        identity.setApprovalForAll(OPERATOR, true);
        requestAs(OPERATOR, keccak256("second"));
        vm.prank(OWNER);
        identity.approve(address(this), agentId);
        request(VALIDATOR, keccak256("third"));
        assertEq(registry.getAgentValidations(agentId).length, 3, "of the agent");
        assertEq(registry.getValidatorRequests(VALIDATOR)[1], keccak256("second"), "of the validator");
    }

    function test_Request_AHashOnce() public {
        requestAs(OWNER, REQUEST);
        vm.expectRevert("exists");
        requestAs(OWNER, REQUEST);
    }

    function test_Request_NeedsAValidator() public {
        vm.expectRevert("bad validator");
        vm.prank(OWNER);
        registry.validationRequest(address(0), agentId, "", REQUEST);
    }

    function test_Status_HasATimeBeforeAnyAnswer() public {
        requestAs(OWNER, REQUEST);
        (address validator,, uint8 response,,, uint256 lastUpdate) = registry.getValidationStatus(REQUEST);
        assertEq(validator, VALIDATOR, "validator");
        assertEq(response, 0, "no response");
        assertEq(lastUpdate, block.timestamp, "time of the request");
        (uint64 count,) = registry.getSummary(agentId, new address[](0), "");
        assertEq(count, 0, "unanswered requests do not count");
    }

    function test_Response_OnlyByTheNamedValidator() public {
        vm.expectRevert("unknown");
        respondAs(VALIDATOR, REQUEST, 80, "");
        requestAs(OWNER, REQUEST);
        vm.expectRevert("not validator");
        respondAs(OWNER, REQUEST, 80, "");
        vm.expectRevert("resp>100");
        respondAs(VALIDATOR, REQUEST, 101, "");
    }

    function test_Response_ALaterOneReplacesTheEarlier() public {
        requestAs(OWNER, REQUEST);
        respondAs(VALIDATOR, REQUEST, 80, "soft");
        vm.warp(block.timestamp + 1);
        respondAs(VALIDATOR, REQUEST, 40, "hard");
        (,, uint8 response,, string memory tag, uint256 lastUpdate) = registry.getValidationStatus(REQUEST);
        assertEq(response, 40, "response");
        assertEq(bytes(tag), bytes("hard"), "tag");
        assertEq(lastUpdate, block.timestamp, "time");
    }

    function test_Summary_OfNamedValidatorsAndTag() public {
        requestAs(OWNER, REQUEST);
        respondAs(VALIDATOR, REQUEST, 81, "hard");
        vm.prank(OWNER);
        registry.validationRequest(OPERATOR, agentId, "", keccak256("second"));
        respondAs(OPERATOR, keccak256("second"), 40, "soft");
        assertSummary(new address[](0), "", 2, 60);
        assertSummary(new address[](0), "soft", 1, 40);
        address[] memory named = new address[](1);
        named[0] = VALIDATOR;
        assertSummary(named, "", 1, 81);
        assertSummary(named, "soft", 0, 0);
    }

    function test_Status_RefusesAnUnknownRequest() public {
        vm.expectRevert("unknown");
        registry.getValidationStatus(REQUEST);
    }

    function test_BelongsToOneIdentityRegistry() public {
        assertEq(registry.getIdentityRegistry(), address(identity), "identity");
        vm.expectRevert("bad identity");
        new ValidationRegistry(address(0), address(this));
    }

    function request(address validator, bytes32 requestHash) private {
        registry.validationRequest(validator, agentId, "ipfs://request", requestHash);
    }

    function requestAs(address account, bytes32 requestHash) private {
        vm.prank(account);
        request(VALIDATOR, requestHash);
    }

    function respondAs(address account, bytes32 requestHash, uint8 response, string memory tag) private {
        vm.prank(account);
        registry.validationResponse(requestHash, response, "ipfs://response", 0, tag);
    }

    function assertSummary(address[] memory validators, string memory tag, uint256 count, uint256 average)
        private
        view
    {
        (uint64 actualCount, uint8 actualAverage) = registry.getSummary(agentId, validators, tag);
        assertEq(actualCount, count, "count");
        assertEq(actualAverage, average, "average");
    }
}
