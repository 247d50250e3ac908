// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IIdentityRegistry} from "../interfaces/IERC8004.sol";

/// @title Stand-in for the ERC-8004 validation registry on local chains
/// @notice Same ABI (without proxy administration), same refusals and messages as the reference. It is published
/// nowhere, because its specification still changes.
contract ValidationRegistry is Ownable {
    struct Validation {
        address validator;
        uint8 response;
        bool answered;
        uint256 agentId;
        bytes32 responseHash;
        string tag;
        uint256 lastUpdate;
    }

    IIdentityRegistry private immutable IDENTITY;

    mapping(bytes32 requestHash => Validation validation) private _validations;
    mapping(uint256 agentId => bytes32[] requestHashes) private _ofAgent;
    mapping(address validator => bytes32[] requestHashes) private _ofValidator;

    event ValidationRequest(
        address indexed validatorAddress, uint256 indexed agentId, string requestURI, bytes32 indexed requestHash
    );
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    constructor(address identityRegistry_, address owner_) Ownable(owner_) {
        require(identityRegistry_ != address(0), "bad identity");
        IDENTITY = IIdentityRegistry(identityRegistry_);
    }

    /// @notice The agent's owner and operators only; a hash once, so that nobody replaces a request.
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external {
        require(validatorAddress != address(0), "bad validator");
        Validation storage validation = _validations[requestHash];
        require(validation.validator == address(0), "exists");
        require(_isAuthorizedOrOwner(msg.sender, agentId), "Not authorized");

        // The time of the request, so `lastUpdate` does not tell whether there was an answer.
        (validation.validator, validation.agentId, validation.lastUpdate) = (validatorAddress, agentId, block.timestamp);
        _ofAgent[agentId].push(requestHash);
        _ofValidator[validatorAddress].push(requestHash);
        emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
    }

    /// @notice The named validator only; a later answer replaces the earlier one.
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        require(response <= 100, "resp>100");
        Validation storage validation = _existing(requestHash);
        require(msg.sender == validation.validator, "not validator");

        (validation.response, validation.answered) = (response, true);
        (validation.responseHash, validation.tag, validation.lastUpdate) = (responseHash, tag, block.timestamp);
        emit ValidationResponse(msg.sender, validation.agentId, requestHash, response, responseURI, responseHash, tag);
    }

    function getIdentityRegistry() external view returns (address) {
        return address(IDENTITY);
    }

    function getValidationStatus(bytes32 requestHash)
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        )
    {
        Validation storage validation = _existing(requestHash);
        (validatorAddress, agentId, response) = (validation.validator, validation.agentId, validation.response);
        (responseHash, tag, lastUpdate) = (validation.responseHash, validation.tag, validation.lastUpdate);
    }

    /// @notice The average answer; no validators means all, an empty tag means any.
    function getSummary(uint256 agentId, address[] calldata validatorAddresses, string calldata tag)
        external
        view
        returns (uint64 count, uint8 avgResponse)
    {
        uint256 sum;
        bytes32[] memory requestHashes = _ofAgent[agentId];
        for (uint256 i; i < requestHashes.length; i++) {
            Validation storage validation = _validations[requestHashes[i]];
            bool named = validatorAddresses.length == 0 || _contains(validatorAddresses, validation.validator);
            if (!validation.answered || !named || !_matches(tag, validation.tag)) continue;
            sum += validation.response;
            count++;
        }
        // An average is no larger than its largest value, 100.
        // forge-lint: disable-next-line(unsafe-typecast)
        avgResponse = count == 0 ? 0 : uint8(sum / count);
    }

    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory) {
        return _ofAgent[agentId];
    }

    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory) {
        return _ofValidator[validatorAddress];
    }

    function getVersion() external pure returns (string memory) {
        return "2.0.0";
    }

    function _existing(bytes32 requestHash) private view returns (Validation storage validation) {
        validation = _validations[requestHash];
        require(validation.validator != address(0), "unknown");
    }

    function _isAuthorizedOrOwner(address account, uint256 agentId) private view returns (bool) {
        address owner = IDENTITY.ownerOf(agentId);
        return account == owner || IDENTITY.isApprovedForAll(owner, account) || IDENTITY.getApproved(agentId) == account;
    }

    function _contains(address[] calldata accounts, address account) private pure returns (bool) {
        for (uint256 i; i < accounts.length; i++) {
            if (accounts[i] == account) return true;
        }
        return false;
    }

    function _matches(string calldata wanted, string memory tag) private pure returns (bool) {
        return bytes(wanted).length == 0 || keccak256(bytes(wanted)) == keccak256(bytes(tag));
    }
}
